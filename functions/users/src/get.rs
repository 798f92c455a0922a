//! `GET /v1/users/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::{IfNoneMatch, found};
use shared::error::Error;

use crate::user::{User, named};

/// A user, with the version as ETag. `me` is oneself.
#[utoipa::path(get, path = "/v1/users/{id}", tag = "users",
    params(("id" = String, Path, description = "id or `me`")),
    responses((status = 200, body = User), (status = 304), (status = 400), (status = 401), (status = 404), (status = 503)))]
pub(crate) async fn get(State(app): State<App>, caller: Caller, Path(id): Path<String>, _: NoQuery, unless: IfNoneMatch) -> Result<Response, Error> {
    found(caller.ask(&app, GET, &[named(&id)?]).await?.body()?, &unless)
}
const GET: &str = include_str!("../sql/get.sql");
