//! What the log of deliveries forgets: chunk by chunk, each short.
use shared::app::App;
use shared::db::DbError;
use shared::job::Lease;

const PURGE: &str = include_str!("../sql/purge.sql");
/// Rows of a chunk, and chunks of a run.
const ROWS: i64 = 1000;
const CHUNKS: usize = 500;

/// Until nothing is left to take, or the lease is another's.
pub(crate) async fn purge(app: &App, lease: Lease) -> Result<(), DbError> {
    for _ in 0..CHUNKS {
        let taken: Option<i64> = app.db.get(PURGE, &[lease.id.into(), lease.attempt.into(), ROWS.into()]).await?;
        if taken.is_none_or(|taken| taken < ROWS) {
            break;
        }
    }
    Ok(())
}
