//! What a minute brings, one after the other: each part is chunks of short statements that renew the lease.
use serde::Deserialize;
use shared::app::App;
use shared::job::{Job, JobError, Lease};

use crate::{close, mails, purge, ring};

/// Does whatever is due, wherever it came from: the payload names nothing, the rows are the truth.
#[derive(Debug, Deserialize)]
pub(crate) struct Sweep {}

impl Job for Sweep {
    const QUEUE: &'static str = "sweep";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        ring::ring(app).await?;
        close::close(app, lease).await?;
        mails::set_aside(app, lease).await?;
        purge::purge(app, lease).await
    }
}
