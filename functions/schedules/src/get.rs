//! `GET /v1/schedules/{name}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::json;
use shared::error::Error;

use crate::schedule::Schedule;

/// One schedule; administrators and auditors.
#[utoipa::path(get, path = "/v1/schedules/{name}", tag = "schedules", params(("name" = String, Path)),
    responses((status = 200, body = Schedule), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn get(State(app): State<App>, caller: Caller, Path(name): Path<String>, _: NoQuery) -> Result<Response, Error> {
    Ok(json(StatusCode::OK, caller.ask(&app, GET, &[name.into()]).await?.body()?))
}
const GET: &str = include_str!("../sql/get.sql");
