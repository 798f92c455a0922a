//! What a write's statement answers: the row as a response body, and the jobs whose bell to ring.
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::app::App;
use crate::caller::{Answer, Caller, Refusal};
use crate::db::Json;
use crate::error::Error;
use crate::idempotency::{IdempotencyKey, replay};

#[derive(Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    body: &'a RawValue,
    /// Jobs that are due now: (queue, id).
    ring: Option<Vec<(String, i64)>>,
}

/// The body; rings for the jobs, best-effort: the commit is done, and the sweep finds what a lost bell leaves.
pub async fn committed(app: &App, statement: &str) -> Result<Json, Error> {
    let written: Written<'_> = serde_json::from_str(statement).map_err(|error| Error::Internal(error.into()))?;
    for (queue, job) in written.ring.unwrap_or_default() {
        app.queue.ring(&queue, job).await;
    }
    Ok(written.body.get().to_owned())
}

/// The body of a POST under a key: what it wrote, or what the same request was answered before, which the statement `stored` reads.
pub async fn once(app: &App, caller: &Caller, outcome: Answer, stored: &'static str, key: &IdempotencyKey, digest: &str) -> Result<Json, Error> {
    match outcome {
        Answer::Refused(Refusal::Replay) => replay(&caller.ask(app, stored, &[key.param()]).await?.body()?, digest),
        answer => committed(app, &answer.body()?).await,
    }
}
