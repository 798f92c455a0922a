//! One child of an incident that was resolved is resolved as that was (ITIL 4, incident management: major incidents).
use serde::Deserialize;
use shared::app::App;
use shared::job::{Job, JobError, Lease};
use uuid::Uuid;

/// Whom to resolve.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolve {
    child: Uuid,
    parent: Uuid,
    /// Who resolved the parent, in whose name this is done.
    resolver: Uuid,
}

#[derive(Deserialize)]
struct Done {
    outcome: Outcome,
    ring: Option<Vec<(String, i64)>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Resolved,
    Over,
    Refused,
}

impl Job for Resolve {
    const QUEUE: &'static str = "children";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        let Self { child, parent, resolver } = self;
        let params = [lease.id.into(), lease.attempt.into(), app.now().into(), child.into(), parent.into(), resolver.into()];
        let Some(done) = app.db.get::<Done>(RESOLVE, &params).await? else { return Ok(()) };
        for (queue, job) in done.ring.unwrap_or_default() {
            app.queue.ring(&queue, job).await;
        }
        match done.outcome {
            Outcome::Resolved | Outcome::Over => Ok(()),
            Outcome::Refused => Err(JobError::Fail(anyhow::anyhow!("whoever resolved the parent may not work on this child"))),
        }
    }
}
const RESOLVE: &str = include_str!("../sql/resolve.sql");
