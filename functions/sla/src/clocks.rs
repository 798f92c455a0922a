//! What a run does, wherever it came from: first what is behind, so that nobody is reminded by an old calendar, then the reminders.
use serde::Deserialize;
use shared::app::App;
use shared::job::{Job, JobError, Lease};

use crate::{recompute, remind};

/// The rows are the truth; the payload says only how far to look.
#[derive(Debug, Deserialize)]
pub(crate) struct Clocks {
    /// Every open ticket and not only those whose rows are behind: what was there before the definitions gets its clocks.
    #[serde(default)]
    all: bool,
}

impl Job for Clocks {
    const QUEUE: &'static str = "sla";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        recompute::recompute(app, lease, self.all).await?;
        remind::remind(app, lease).await
    }
}
