//! What a run does, wherever it came from: first what is behind, so that nobody is reminded by an old calendar, then the reminders.
use serde::Deserialize;
use shared::app::App;
use shared::job::{Job, JobError, Lease};
use uuid::Uuid;

use crate::recompute::{Which, recompute};
use crate::remind::remind;

/// The rows are the truth; the payload says only how far to look.
#[derive(Debug, Deserialize)]
pub(crate) struct Clocks {
    /// Every open ticket and not only those whose rows are behind: what was there before the definitions gets its clocks.
    #[serde(default)]
    all: bool,
    /// This one alone, which a rule or a mail has written.
    ticket: Option<Uuid>,
}

impl Job for Clocks {
    const QUEUE: &'static str = "sla";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        let which = self.ticket.map_or(if self.all { Which::All } else { Which::Behind }, Which::One);
        recompute(app, lease, which).await?;
        remind(app, lease).await
    }
}
