//! Tickets whose time has come, rule by rule: each gets a job.
use shared::app::App;
use shared::db::DbError;
use shared::job::Lease;

const FIND: &str = include_str!("../sql/find.sql");
/// Tickets of a chunk, and chunks of a run.
const TICKETS: i64 = 500;
const CHUNKS: usize = 200;

/// Until each rule has looked at all that is due, or the lease is another's.
pub(crate) async fn find(app: &App, lease: Lease) -> Result<(), DbError> {
    for _ in 0..CHUNKS {
        let params = [lease.id.into(), lease.attempt.into(), app.now().into(), TICKETS.into()];
        if app.db.get::<i64>(FIND, &params).await?.is_none_or(|left| left == 0) {
            break;
        }
    }
    Ok(())
}
