//! One mail is sent, as what it tells is now, until the server has taken or refused it. A mailer that dies between the server's answer and the
//! note of it sends again, under the same Message-ID: at least once.
use serde::Deserialize;
use shared::app::App;
use shared::job::{Job, JobError, Lease};
use shared::mail::{Refusal, Token};
use shared::metrics::METRICS;
use uuid::Uuid;

use crate::letter::{Letter, written};

/// Which one.
#[derive(Debug, Deserialize)]
pub(crate) struct Send {
    mail: Uuid,
}

/// What is to be told, or nothing where the recipient may not see it any more.
#[derive(Deserialize)]
struct Found {
    letter: Option<Letter>,
}

impl Job for Send {
    const QUEUE: &'static str = "mailer";
    /// The server may take its time.
    const LEASE: i64 = 120;

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        let params = [lease.id.into(), lease.attempt.into(), self.mail.into()];
        let Some(found) = app.db.get::<Found>(READ, &params).await? else { return Ok(()) };
        let (state, refusal) = match found.letter {
            None => ("dropped", None),
            Some(letter) => match self.deliver(app, &letter).await? {
                Ok(()) => ("sent", None),
                Err(why) => ("refused", Some(format!("{why:#}"))),
            },
        };
        METRICS.mails.with_label_values(&[state]).inc();
        app.db.row(END, &[lease.id.into(), lease.attempt.into(), self.mail.into(), state.into(), refusal.into()]).await?;
        Ok(())
    }
}
const READ: &str = include_str!("../sql/read.sql");
const END: &str = include_str!("../sql/end.sql");

impl Send {
    /// What the server said to it for good; anything else is tried again.
    async fn deliver(&self, app: &App, letter: &Letter) -> Result<Result<(), anyhow::Error>, JobError> {
        let token = Token { mail: self.mail, ticket: letter.ticket_id, user: letter.user_id };
        let mail = written(letter, &app.mail, &token).map_err(JobError::Fail)?;
        match app.mail.send(&mail).await {
            Ok(()) => Ok(Ok(())),
            Err(Refusal::Permanent(why)) => Ok(Err(why)),
            Err(Refusal::Temporary(why)) => {
                METRICS.mails.with_label_values(&["retry"]).inc();
                Err(JobError::Retry(why))
            }
        }
    }
}
