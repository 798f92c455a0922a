//! Resolved incidents close by themselves after N days, major ones never (ITIL 4, incident management).
use serde::Deserialize;
use shared::app::App;
use shared::job::{Job, JobError, Lease};

/// Closes whatever is due, wherever it came from: the payload names nothing, the rows are the truth.
#[derive(Debug, Deserialize)]
pub(crate) struct Close {}

#[derive(Deserialize)]
struct Closed {
    closed: i64,
}

impl Job for Close {
    const QUEUE: &'static str = "sweep";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        loop {
            let params = [lease.id.into(), lease.attempt.into(), app.now().into(), CHUNK.into()];
            let outcome: Option<Closed> = app.db.get(CLOSE, &params).await?;
            if outcome.is_none_or(|outcome| outcome.closed < CHUNK) {
                return Ok(());
            }
        }
    }
}
/// Incidents a statement: short locks, and each statement renews the lease.
const CHUNK: i64 = 200;
const CLOSE: &str = include_str!("../sql/close.sql");
