//! Taking jobs: one by its id, or whatever is due.
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Lease;
use crate::app::App;
use crate::db::DbError;
use crate::function::JobWork;

const CLAIM: &str = include_str!("../../sql/claim.sql");
const CLAIM_DUE: &str = include_str!("../../sql/claim_due.sql");

/// A job that is this worker's until its lease is over.
#[derive(Debug, Deserialize)]
pub struct Claim {
    /// The pair that guards what the run does.
    #[serde(flatten)]
    pub lease: Lease,
    /// As it was enqueued.
    pub payload: Box<RawValue>,
}

/// What a claim by id found.
#[derive(Debug)]
pub enum Found {
    /// It is ours.
    Claimed(Claim),
    /// It is for later.
    NotDue,
    /// Another worker has it.
    Busy,
    /// There is no such job left to do.
    Gone,
}

#[derive(Deserialize)]
struct Answer {
    found: Word,
    id: Option<i64>,
    attempt: Option<i64>,
    payload: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Claimed,
    NotDue,
    Busy,
    Gone,
}

/// The job of this id.
pub async fn one(app: &App, work: &JobWork, id: i64) -> Result<Found, DbError> {
    let answer: Option<Answer> = app.db.get(CLAIM, &[work.queue.into(), id.into(), work.lease.into()]).await?;
    Ok(match answer {
        Some(Answer { found: Word::Claimed, id: Some(id), attempt: Some(attempt), payload: Some(payload) }) => {
            Found::Claimed(Claim { lease: Lease { id, attempt }, payload })
        }
        Some(Answer { found: Word::NotDue, .. }) => Found::NotDue,
        Some(Answer { found: Word::Busy, .. }) => Found::Busy,
        _ => Found::Gone,
    })
}

/// As many as are due, at most `limit`; the higher priorities first.
pub async fn due(app: &App, work: &JobWork, limit: usize) -> Result<Vec<Claim>, DbError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(app.db.get(CLAIM_DUE, &[work.queue.into(), limit.into(), work.lease.into()]).await?.unwrap_or_default())
}
