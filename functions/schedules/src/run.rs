//! `POST /v1/schedules/{name}/run`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::caller::{Answer, Caller, Refusal};
use shared::conditional::json;
use shared::error::Error;
use shared::idempotency::{IdempotencyKey, replay};
use shared::write::committed;
use utoipa::ToSchema;

const ROUTE: &str = "POST /v1/schedules/run ";

/// What was begun.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Begun {
    /// The job, see `/v1/jobs/{id}`.
    job_id: i64,
}

/// Run a schedule's job now, paused or not; administrators only. Its next time stays.
#[utoipa::path(post, path = "/v1/schedules/{name}/run", tag = "schedules",
    params(("name" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 202, body = Begun), (status = 400), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn run(State(app): State<App>, caller: Caller, Path(name): Path<String>, key: IdempotencyKey) -> Result<Response, Error> {
    let params = [name.as_str().into(), app.now().into(), key.param(), ROUTE.into()];
    let body = match caller.ask(&app, RUN, &params).await? {
        Answer::Refused(Refusal::Replay) => replay(&caller.ask(&app, REPLAY, &[ROUTE.into(), name.into(), key.param()]).await?.body()?, "")?,
        answer => committed(&app, &answer.body()?).await?,
    };
    Ok(json(StatusCode::ACCEPTED, body))
}
const RUN: &str = include_str!("../sql/run.sql");
const REPLAY: &str = include_str!("../sql/replay.sql");
