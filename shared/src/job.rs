//! Jobs: rows in Postgres, claimed with a lease, run at least once, effective once.
//!
//! A claim is one statement (`for update skip locked`, attempt + 1) and answers the pair (id, attempt). Effects and completion
//! are guarded by that pair, so a slow worker whose lease has gone changes nothing. See `docs/JOBS.md`.
use std::future::Future;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::db::DbError;
use crate::function::{JobWork, Running};
use crate::metrics::METRICS;

pub mod claim;
mod record;

pub use claim::{Claim, Found};
pub use record::{Outcome, record};

const RENEW: &str = include_str!("../sql/renew.sql");

/// A kind of work. Its fields are the payload: names of rows, never their content.
pub trait Job: DeserializeOwned + Send {
    /// The queue, one per kind.
    const QUEUE: &'static str;
    /// Seconds that a claim holds. What may take longer renews it, by [`Lease::renew`] or by `held()` in its statements.
    const LEASE: i64 = 60;
    /// Does it. Must be safe to repeat: the statement with the effect reads `held($1, $2)` or, better, `complete($1, $2)` with its [`Lease`].
    fn run(self, app: &App, lease: Lease) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// The claim that this run holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Lease {
    /// `jobs.id`
    pub id: i64,
    /// `jobs.attempt`
    pub attempt: i64,
}

impl Lease {
    /// Holds it for as many seconds from now. False: another worker may have the job by now, so this one had better stop.
    pub async fn renew(&self, app: &App, seconds: i64) -> Result<bool, DbError> {
        Ok(app.db.row(RENEW, &[self.id.into(), self.attempt.into(), seconds.into()]).await?.is_some())
    }
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

/// Claims the job of this id, runs it and records the outcome.
///
/// `Err` means only that claiming or recording failed: the transport leaves the message, and the lease runs out.
pub async fn step(app: &App, work: &JobWork, id: i64) -> Result<Step, DbError> {
    match claim::one(app, work, id).await? {
        Found::Claimed(claim) => perform(app, work, claim).await,
        Found::NotDue => Ok(Step::NotDue),
        Found::Busy => Ok(Step::Busy),
        Found::Gone => Ok(Step::Gone),
    }
}

async fn perform(app: &App, work: &JobWork, claim: Claim) -> Result<Step, DbError> {
    let outcome = run(app.clone(), *work, claim).await;
    record(app, work.queue, &[outcome]).await?;
    Ok(Step::Ran)
}

/// Runs what was claimed; how it went is still to be recorded.
pub async fn run(app: App, work: JobWork, claim: Claim) -> Outcome {
    let (begun, lease) = (Instant::now(), claim.lease);
    let outcome = Outcome::of(lease, (work.run)(app, claim).await);
    METRICS.job_seconds.with_label_values(&[work.queue]).observe(begun.elapsed().as_secs_f64());
    outcome
}

/// [`Job::run`] with its type forgotten, for [`crate::function::Function`].
pub(crate) fn boxed<J: Job + 'static>(app: App, claim: Claim) -> Running {
    Box::pin(async move {
        match serde_json::from_str::<J>(claim.payload.get()) {
            Ok(job) => job.run(&app, claim.lease).await,
            Err(error) => Err(JobError::Fail(anyhow::anyhow!("the payload does not fit: {error}"))),
        }
    })
}

/// Steps one after another until nothing is due or the time is over; answers how many ran. The scheduler looks at its clock first.
pub async fn drain(app: &App, work: &JobWork, limit: Duration) -> Result<u32, DbError> {
    let begun = Instant::now();
    if let Some(clock) = work.clock {
        clock(app.clone()).await?;
    }
    let mut ran = 0;
    while begun.elapsed() < limit {
        let Some(claim) = claim::due(app, work, 1).await?.pop() else { break };
        perform(app, work, claim).await?;
        ran += 1;
    }
    Ok(ran)
}
