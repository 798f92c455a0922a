//! `PATCH /v1/notifications`
use axum::extract::State;
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

/// Which are read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationsRead)]
pub(crate) struct Change {
    /// The newest one that was shown: what came since stays unread.
    read_to: Uuid,
}

/// What was done.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = NotificationsMarked)]
pub(crate) struct Marked {
    /// How many were marked.
    marked: i64,
}

/// Mark all notifications of the caller's own as read, up to the newest one that they were shown.
#[utoipa::path(patch, path = "/v1/notifications", tag = "notifications", request_body = Change,
    responses((status = 200, body = Marked), (status = 400), (status = 401), (status = 422)))]
pub(crate) async fn read_all(State(app): State<App>, caller: Caller, change: Body<Change>) -> Result<Response, Error> {
    let body = caller.ask(&app, READ_ALL, &[change.value.read_to.into(), app.now().into()]).await?.body()?;
    Ok(json(StatusCode::OK, body))
}
const READ_ALL: &str = include_str!("../sql/read_all.sql");
