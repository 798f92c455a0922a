//! The jobs of this queue: an event, a ticket's time, and each minute's look for tickets whose time has come.
use serde::Deserialize;
use shared::app::App;
use shared::job::{Job, JobError, Lease};
use uuid::Uuid;

use crate::find::find;
use crate::occasion::Occasion;
use crate::run::run;

/// Names of rows; none of them is the schedule.
#[derive(Debug, Deserialize)]
pub(crate) struct Work {
    /// Epoch, transaction, sequence.
    event: Option<[String; 3]>,
    timed: Option<Timed>,
}

/// A rule whose time has come for a ticket.
#[derive(Debug, Deserialize)]
pub(crate) struct Timed {
    pub(crate) rule: Uuid,
    pub(crate) ticket: Uuid,
    /// When the ticket was opened, updated, or entered its state; if that has moved on since, so has the rule's time.
    pub(crate) anchor: String,
}

impl Job for Work {
    const QUEUE: &'static str = "automation";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        match (self.event, self.timed) {
            (Some(event), _) => run(app, lease, &Occasion::Event(event)).await,
            (_, Some(timed)) => run(app, lease, &Occasion::Timed(timed)).await,
            (None, None) => Ok(find(app, lease).await?),
        }
    }
}
