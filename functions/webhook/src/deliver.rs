//! One endpoint's deliveries, one after the other, for as long as they are taken.
use std::time::{Duration, Instant};

use serde::Deserialize;
use shared::app::App;
use shared::db::DbError;
use shared::job::{Job, JobError, Lease};
use shared::metrics::METRICS;
use uuid::Uuid;

use crate::attempt::{Message, attempt};
use crate::purge::purge;

const NEXT: &str = include_str!("../sql/next.sql");
const RECORD: &str = include_str!("../sql/record.sql");
const RELEASE: &str = include_str!("../sql/release.sql");
/// How long one run goes on before other endpoints get their turn. With the longest attempt it stays below the lease and the timeout.
const TURN: Duration = Duration::from_secs(30);

/// Which endpoint; none is the schedule, for what is to be taken away.
#[derive(Debug, Deserialize)]
pub(crate) struct Deliver {
    webhook: Option<Uuid>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Next {
    /// To be sent.
    Send(Message),
    /// Not for this endpoint any more.
    Withheld,
}

impl Job for Deliver {
    const QUEUE: &'static str = "webhook";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        match self.webhook {
            Some(webhook) => Ok(deliver(app, lease, webhook).await?),
            None => Ok(purge(app, lease).await?),
        }
    }
}

/// Until nothing is due, an attempt failed, the turn is over or the lease is another's. A worker that dies between sending and recording leaves
/// the delivery as it was: whoever has the lease next sends the same message again, under the same id.
async fn deliver(app: &App, lease: Lease, webhook: Uuid) -> Result<(), DbError> {
    let begun = Instant::now();
    while begun.elapsed() < TURN {
        match app.db.get(NEXT, &[lease.id.into(), lease.attempt.into(), webhook.into()]).await? {
            Some(Next::Send(message)) => {
                let outcome = attempt(app, &message).await;
                let params = [lease.id.into(), lease.attempt.into(), webhook.into(), message.id.into()];
                app.db.row(RECORD, &[params.as_slice(), &outcome.params()].concat()).await?;
                METRICS.webhooks.with_label_values(&[outcome.name()]).inc();
                if !outcome.is_delivered() {
                    break;
                }
            }
            Some(Next::Withheld) => METRICS.webhooks.with_label_values(&["withheld"]).inc(),
            None => break,
        }
    }
    app.db.row(RELEASE, &[lease.id.into(), lease.attempt.into(), webhook.into()]).await.map(drop)
}
