//! `PATCH /v1/notifications/{id}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::json;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::notification::Notification;

/// What to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationChange)]
pub(crate) struct Change {
    /// Whether it has been read.
    read: bool,
}

/// Mark one notification of the caller's own as read, or as unread again. One that was read stays read when it was.
#[utoipa::path(patch, path = "/v1/notifications/{id}", tag = "notifications", request_body = Change, params(("id" = String, Path)),
    responses((status = 200, body = Notification), (status = 400), (status = 401), (status = 404), (status = 422)))]
pub(crate) async fn read(State(app): State<App>, caller: Caller, Path(id): Path<String>, change: Body<Change>) -> Result<Response, Error> {
    let id = Uuid::try_parse(&id).map_err(|_| Error::NotFound)?;
    let body = caller.ask(&app, READ, &[id.into(), change.value.read.into(), app.now().into()]).await?.body()?;
    Ok(json(StatusCode::OK, body))
}
const READ: &str = include_str!("../sql/read.sql");
