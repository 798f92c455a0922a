//! Resolved incidents close by themselves after N days, major ones never (ITIL 4, incident management).
use serde::Deserialize;
use shared::app::App;
use shared::job::{JobError, Lease};

#[derive(Deserialize)]
struct Closed {
    closed: i64,
}

/// All whose days are over.
pub(crate) async fn close(app: &App, lease: Lease) -> Result<(), JobError> {
    loop {
        let params = [lease.id.into(), lease.attempt.into(), app.now().into(), CHUNK.into()];
        let outcome: Option<Closed> = app.db.get(CLOSE, &params).await?;
        if outcome.is_none_or(|outcome| outcome.closed < CHUNK) {
            return Ok(());
        }
    }
}
/// Incidents a statement: short locks, and each statement renews the lease.
const CHUNK: i64 = 200;
const CLOSE: &str = include_str!("../sql/close.sql");
