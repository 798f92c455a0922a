//! Takes away what is over: done jobs after a week, idempotency keys after a day, ended sessions, resets and keys after a month,
//! notifications three months after they were read, what rules did after as long, mails after 400 days.
use serde::Deserialize;
use shared::app::App;
use shared::job::{JobError, Lease};

#[derive(Deserialize)]
struct Purged {
    most: i64,
}

/// In chunks, until none of the tables has a whole one left.
pub(crate) async fn purge(app: &App, lease: Lease) -> Result<(), JobError> {
    loop {
        let purged: Option<Purged> = app.db.get(PURGE, &[lease.id.into(), lease.attempt.into(), CHUNK.into()]).await?;
        if purged.is_none_or(|purged| purged.most < CHUNK) {
            return Ok(());
        }
    }
}
/// Rows of each table a statement.
const CHUNK: i64 = 500;
const PURGE: &str = include_str!("../sql/purge.sql");
