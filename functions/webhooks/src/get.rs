//! `GET /v1/webhooks/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::{IfNoneMatch, found};
use shared::error::Error;

use crate::webhook::{self, Webhook};

/// A webhook, with its version as ETag; administrators only.
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 200, body = Webhook), (status = 304), (status = 400), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn get(State(app): State<App>, caller: Caller, Path(id): Path<String>, _: NoQuery, unless: IfNoneMatch) -> Result<Response, Error> {
    found(caller.ask(&app, GET, &[webhook::id(&id)?]).await?.body()?, &unless)
}
const GET: &str = include_str!("../sql/get.sql");
