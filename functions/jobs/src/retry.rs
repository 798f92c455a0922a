//! `POST /v1/jobs/{id}/retry`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use shared::app::App;
use shared::caller::{Answer, Caller, Refusal, explained};
use shared::conditional::json;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::committed;

use crate::job::{Job, number};
use crate::replay::replayed;

const ROUTE: &str = "POST /v1/jobs/retry ";

/// Run a job again that is dead or cancelled, or at once what waits for later; administrators only. It may fail as often as a new one.
#[utoipa::path(post, path = "/v1/jobs/{id}/retry", tag = "jobs",
    params(("id" = i64, Path), ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 200, body = Job), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "it runs, is done, or the same work is queued already")))]
pub(crate) async fn retry(State(app): State<App>, caller: Caller, Path(id): Path<String>, key: IdempotencyKey) -> Result<Response, Error> {
    let params = [number(&id)?.into(), app.now().into(), key.param(), ROUTE.into()];
    let answer = caller.ask(&app, RETRY, &params).await;
    let body = match explained(answer, named)? {
        Answer::Refused(Refusal::Replay) => replayed(&app, &caller, ROUTE, number(&id)?, &key).await?,
        answer => committed(&app, &answer.body()?).await?,
    };
    Ok(json(StatusCode::OK, body))
}
const RETRY: &str = include_str!("../sql/retry.sql");

fn named(refused: &str) -> Option<Error> {
    let why = match refused {
        "conflict" => "Only a job that is queued, dead or canceled can be run again.",
        "jobs_queued_key" => "The same work is queued already.",
        _ => return None,
    };
    Some(Error::Conflict(why.into()))
}
