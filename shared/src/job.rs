//! Jobs: rows in Postgres, claimed with a lease, run at least once, effective once.
//!
//! A claim is one statement (`for update skip locked`, attempt + 1) and answers the pair (id, attempt). Effects and completion
//! are guarded by that pair, so a slow worker whose lease has gone changes nothing. See `docs/JOBS.md`.
use std::future::Future;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::app::App;
use crate::db::{DbError, Param};
use crate::function::{JobWork, Stepping};
use crate::metrics::METRICS;

const CLAIM: &str = include_str!("../sql/claim.sql");
const FINISH: &str = include_str!("../sql/finish.sql");
const TICK: &str = include_str!("../sql/tick.sql");
/// Seconds that a claim holds.
const LEASE: i64 = 60;

/// A kind of work. Its fields are the payload: names of rows, never their content.
pub trait Job: DeserializeOwned + Send {
    /// The queue, one per kind.
    const QUEUE: &'static str;
    /// Does it. Must be safe to repeat: the statement with the effect checks the [`Lease`].
    fn run(self, app: &App, lease: Lease) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// The claim that this run holds.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Lease {
    /// `jobs.id`
    pub id: i64,
    /// `jobs.attempt`
    pub attempt: i64,
}

/// Why a run failed.
#[derive(Debug)]
pub enum JobError {
    /// Try again later, with backoff; after `max_attempts` the job is dead.
    Retry(anyhow::Error),
    /// No later try can help: dead at once.
    Fail(anyhow::Error),
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        Self::Retry(error.into())
    }
}

/// What a step found. Each of them acknowledges the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It ran, well or not; the outcome is recorded.
    Ran,
    /// It is for later.
    NotDue,
    /// Another worker has it.
    Busy,
    /// There is no such job left to do.
    Gone,
}

#[derive(Deserialize)]
struct Claimed {
    /// `Ran` stands for "claimed" here: the fields below are set.
    found: Found,
    #[serde(flatten)]
    lease: Option<Lease>,
    payload: Option<Box<RawValue>>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Found {
    Claimed,
    NotDue,
    Busy,
    Gone,
}

/// Claims one job (that with `id`, or whichever is due), runs it and records the outcome.
///
/// `Err` means only that claiming or recording failed: the transport leaves the message, and the lease runs out.
pub async fn step<J: Job>(app: &App, id: Option<i64>) -> Result<Step, DbError> {
    let claimed: Option<Claimed> = app.db.get(CLAIM, &[J::QUEUE.into(), id.into(), Param::from(LEASE)]).await?;
    let Some(claimed) = claimed else { return Ok(Step::Gone) };
    let (lease, payload) = match (claimed.found, claimed.lease, claimed.payload) {
        (Found::Claimed, Some(lease), Some(payload)) => (lease, payload),
        (Found::NotDue, ..) => return Ok(Step::NotDue),
        (Found::Busy, ..) => return Ok(Step::Busy),
        _ => return Ok(Step::Gone),
    };
    let outcome = match serde_json::from_str::<J>(payload.get()) {
        Ok(job) => job.run(app, lease).await,
        Err(error) => Err(JobError::Fail(anyhow::anyhow!("the payload does not fit: {error}"))),
    };
    let (word, error) = match outcome {
        Ok(()) => ("done", None),
        Err(JobError::Retry(error)) => ("retry", Some(format!("{error:#}"))),
        Err(JobError::Fail(error)) => ("fail", Some(format!("{error:#}"))),
    };
    if let Some(error) = &error {
        tracing::warn!(queue = J::QUEUE, job = lease.id, attempt = lease.attempt, outcome = word, cause = error, "job failed");
    }
    METRICS.jobs.with_label_values(&[J::QUEUE, word]).inc();
    finish(app, &[lease.id.into(), lease.attempt.into(), word.into(), error.into()]).await?;
    Ok(Step::Ran)
}

async fn finish(app: &App, outcome: &[Param]) -> Result<(), DbError> {
    loop {
        match app.db.row(FINISH, outcome).await {
            // The key was queued anew by a transaction that was still open: it is not any more, so now the statement sees it.
            Err(error) if error.constraint.as_deref() == Some("jobs_queued_key") => {}
            recorded => return recorded.map(drop),
        }
    }
}

/// [`step`] with its type forgotten, for [`crate::function::Function`].
pub fn boxed_step<J: Job + 'static>(app: App, id: Option<i64>) -> Stepping {
    Box::pin(async move { step::<J>(&app, id).await })
}

/// Steps until nothing is due or the time is over; answers how many ran. A scheduled function adds its own tick first.
pub async fn drain(app: &App, work: &JobWork, limit: Duration) -> Result<u32, DbError> {
    let begun = Instant::now();
    if work.scheduled {
        app.db.row(TICK, &[work.queue.into()]).await?;
    }
    let mut ran = 0;
    while begun.elapsed() < limit && (work.step)(app.clone(), None).await? == Step::Ran {
        ran += 1;
    }
    Ok(ran)
}
