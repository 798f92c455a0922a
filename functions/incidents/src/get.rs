//! `GET /v1/incidents/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use shared::app::App;
use shared::caller::Caller;
use shared::conditional::{IfNoneMatch, found};
use shared::error::Error;

use crate::incident::Incident;

/// An incident, by id or number, with its version as ETag.
#[utoipa::path(get, path = "/v1/incidents/{id}", tag = "incidents", params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = Incident), (status = 304), (status = 401), (status = 404)))]
pub(crate) async fn get(State(app): State<App>, caller: Caller, Path(id): Path<String>, unless: IfNoneMatch) -> Result<Response, Error> {
    let body = caller.ask(&app, GET, &[id.into()]).await?.body()?;
    found(body, &unless)
}
const GET: &str = include_str!("../sql/get.sql");
