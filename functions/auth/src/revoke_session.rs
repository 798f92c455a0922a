//! `DELETE /v1/auth/sessions/{id}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;
use uuid::Uuid;

/// End one of my sessions, from any other or itself.
#[utoipa::path(delete, path = "/v1/auth/sessions/{id}", tag = "auth", params(("id" = Uuid, Path, description = "of `/v1/auth/sessions`")),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn revoke_session(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Error> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    caller.ask(&app, REVOKE_SESSION, &[id.into()]).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const REVOKE_SESSION: &str = include_str!("../sql/revoke_session.sql");
