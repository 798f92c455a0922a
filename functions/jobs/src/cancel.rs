//! `POST /v1/jobs/{id}/cancel`
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

const ROUTE: &str = "POST /v1/jobs/cancel ";

/// Call off a job that is queued or dead; administrators only.
#[utoipa::path(post, path = "/v1/jobs/{id}/cancel", tag = "jobs",
    params(("id" = i64, Path), ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 200, body = Job), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "it runs, or is over")))]
pub(crate) async fn cancel(State(app): State<App>, caller: Caller, Path(id): Path<String>, key: IdempotencyKey) -> Result<Response, Error> {
    let params = [number(&id)?.into(), app.now().into(), key.param(), ROUTE.into()];
    let answer = caller.ask(&app, CANCEL, &params).await;
    let body = match explained(answer, named)? {
        Answer::Refused(Refusal::Replay) => replayed(&app, &caller, ROUTE, number(&id)?, &key).await?,
        answer => committed(&app, &answer.body()?).await?,
    };
    Ok(json(StatusCode::OK, body))
}
const CANCEL: &str = include_str!("../sql/cancel.sql");

fn named(refused: &str) -> Option<Error> {
    (refused == "conflict").then(|| Error::Conflict("Only a job that is queued or dead can be called off.".into()))
}
