//! `GET /v1/jobs/{id}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::json;
use shared::error::Error;

use crate::job::{Job, number};

/// One job with its last error; administrators and auditors.
#[utoipa::path(get, path = "/v1/jobs/{id}", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = Job), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn get(State(app): State<App>, caller: Caller, Path(id): Path<String>, _: NoQuery) -> Result<Response, Error> {
    Ok(json(StatusCode::OK, caller.ask(&app, GET, &[number(&id)?.into()]).await?.body()?))
}
const GET: &str = include_str!("../sql/get.sql");
