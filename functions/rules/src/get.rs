//! `GET /v1/rules/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::{IfNoneMatch, found};
use shared::error::Error;

use crate::rule::{self, Rule};

/// A rule, with its version as ETag; administrators only.
#[utoipa::path(get, path = "/v1/rules/{id}", tag = "rules", params(("id" = Uuid, Path)),
    responses((status = 200, body = Rule), (status = 304), (status = 400), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn get(State(app): State<App>, caller: Caller, Path(id): Path<String>, _: NoQuery, unless: IfNoneMatch) -> Result<Response, Error> {
    found(caller.ask(&app, GET, &[rule::id(&id)?]).await?.body()?, &unless)
}
const GET: &str = include_str!("../sql/get.sql");
