//! `PATCH /v1/schedules/{name}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::json;
use shared::db::Param;
use shared::error::Error;
use utoipa::ToSchema;

use crate::schedule::Schedule;

/// What to change; what is left out stays. The rest is the function's own to declare.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScheduleChange)]
pub(crate) struct Change {
    /// Pause with false; with true it comes again at its next time, and what went by is not made up for.
    enabled: Option<bool>,
}

/// Pause or resume a schedule; administrators only.
#[utoipa::path(patch, path = "/v1/schedules/{name}", tag = "schedules", request_body = Change, params(("name" = String, Path)),
    responses((status = 200, body = Schedule), (status = 400), (status = 401), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn update(State(app): State<App>, caller: Caller, Path(name): Path<String>, change: Body<Change>) -> Result<Response, Error> {
    let params = [name.into(), Param::Bool(change.value.enabled), app.now().into()];
    Ok(json(StatusCode::OK, caller.ask(&app, UPDATE, &params).await?.body()?))
}
const UPDATE: &str = include_str!("../sql/update.sql");
