//! Recording how runs went.
use serde::{Deserialize, Serialize};

use super::{JobError, Lease};
use crate::app::App;
use crate::db::DbError;
use crate::metrics::METRICS;

const FINISH: &str = include_str!("../../sql/finish.sql");
/// Characters of an error that are kept.
const ERROR: usize = 2000;

/// How a run went.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    id: i64,
    attempt: i64,
    outcome: Word,
    error: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Done,
    Retry,
    Fail,
    GivenBack,
}

#[derive(Deserialize)]
struct Finished {
    state: String,
}

impl Outcome {
    pub(super) fn of(lease: Lease, result: Result<(), JobError>) -> Self {
        let (outcome, error) = match result {
            Ok(()) => (Word::Done, None),
            Err(JobError::Retry(error)) => (Word::Retry, Some(format!("{error:#}"))),
            Err(JobError::Fail(error)) => (Word::Fail, Some(format!("{error:#}"))),
        };
        Self { id: lease.id, attempt: lease.attempt, outcome, error: error.map(|error| storable(&error)) }
    }

    /// Of a claim that no run was begun with: another worker may have it, at once and as if it had not been claimed.
    pub fn given_back(lease: Lease) -> Self {
        Self { id: lease.id, attempt: lease.attempt, outcome: Word::GivenBack, error: None }
    }

    /// Of a run that ended without saying how.
    pub fn broken(lease: Lease, how: &str) -> Self {
        Self { id: lease.id, attempt: lease.attempt, outcome: Word::Retry, error: Some(storable(how)) }
    }
}

/// As `jsonb` and a reader can take it.
fn storable(error: &str) -> String {
    error.chars().filter(|character| *character != '\0').take(ERROR).collect()
}

/// Records them in one statement, and counts what became of each.
pub async fn record(app: &App, queue: &str, outcomes: &[Outcome]) -> Result<(), DbError> {
    for outcome in outcomes {
        if let Some(error) = &outcome.error {
            let (job, attempt, cause) = (outcome.id, outcome.attempt, error.as_str());
            tracing::warn!(queue, job, attempt, outcome = ?outcome.outcome, cause, "job failed");
        }
    }
    match finish(app, queue, outcomes).await {
        // Two of them want the same key queued again: one after the other, the second gives way.
        Err(error) if is_queued_anew(&error) && outcomes.len() > 1 => {
            for outcome in outcomes {
                finish_alone(app, queue, outcome).await?;
            }
            Ok(())
        }
        Err(error) if is_queued_anew(&error) => finish_alone(app, queue, &outcomes[0]).await,
        recorded => recorded,
    }
}

async fn finish_alone(app: &App, queue: &str, outcome: &Outcome) -> Result<(), DbError> {
    loop {
        match finish(app, queue, std::slice::from_ref(outcome)).await {
            // The key was queued anew by a transaction that was still open: it is not any more, so now the statement sees it.
            Err(error) if is_queued_anew(&error) => {}
            recorded => return recorded,
        }
    }
}

fn is_queued_anew(error: &DbError) -> bool {
    error.constraint.as_deref() == Some("jobs_queued_key")
}

async fn finish(app: &App, queue: &str, outcomes: &[Outcome]) -> Result<(), DbError> {
    let told = serde_json::to_string(outcomes).unwrap_or_default();
    let finished: Option<Vec<Finished>> = app.db.get(FINISH, &[told.into()]).await?;
    for Finished { state } in finished.unwrap_or_default() {
        let outcome = match state.as_str() {
            "given_back" => continue, // no run, and so none of its outcomes
            "queued" => "retry",
            ended => ended,
        };
        METRICS.jobs.with_label_values(&[queue, outcome]).inc();
    }
    Ok(())
}
