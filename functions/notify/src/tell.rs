//! One event is told to everybody who is to hear of it, once: the rows of the inbox and the mails to send are written, and the job is done, in
//! one statement.
use serde::Deserialize;
use shared::app::App;
use shared::job::{Job, JobError, Lease};
use shared::metrics::METRICS;
use shared::rules::notify::Happened;

/// Which event: its place in the feed, and what of it says who hears.
#[derive(Debug, Deserialize)]
pub(crate) struct Tell {
    epoch: i64,
    xact: String,
    seq: i64,
    verb: String,
    visibility: String,
    /// The names of the fields that it changed.
    fields: Vec<String>,
    /// The state before, where that is one of them.
    before: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    notifications: u64,
    ring: Option<Vec<(String, i64)>>,
}

impl Job for Tell {
    const QUEUE: &'static str = "notify";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        let is_work_note = self.visibility == "work_note";
        let happened = Happened { verb: &self.verb, is_work_note, fields: &self.fields, before: self.before.as_deref() };
        let lines = serde_json::to_string(&happened.lines()).map_err(|error| JobError::Fail(error.into()))?;
        let domain = app.mail.sending_domain().into();
        let params =
            [lease.id.into(), lease.attempt.into(), self.epoch.into(), self.xact.into(), self.seq.into(), lines.into(), domain, app.now().into()];
        let Some(told) = app.db.get::<Told>(TELL, &params).await? else { return Ok(()) };
        METRICS.notifications.inc_by(told.notifications);
        for (queue, job) in told.ring.unwrap_or_default() {
            app.queue.ring(&queue, job).await;
        }
        Ok(())
    }
}
const TELL: &str = include_str!("../sql/tell.sql");
