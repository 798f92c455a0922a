//! Reminders at half and at three quarters of a goal, and breaches. Each is told once: the row says how far it was told.
use serde::Deserialize;
use shared::app::App;
use shared::job::{JobError, Lease};

#[derive(Deserialize)]
struct Reminded {
    rows: i64,
}

/// All whose time has come.
pub(crate) async fn remind(app: &App, lease: Lease) -> Result<(), JobError> {
    loop {
        let params = [lease.id.into(), lease.attempt.into(), app.now().into(), CHUNK.into()];
        let outcome: Option<Reminded> = app.db.get(REMIND, &params).await?;
        if outcome.is_none_or(|outcome| outcome.rows < CHUNK) {
            return Ok(());
        }
    }
}
/// Rows a statement: short locks, and each statement renews the lease.
const CHUNK: i64 = 200;
const REMIND: &str = include_str!("../sql/remind.sql");
