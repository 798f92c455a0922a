//! `DELETE /v1/auth/api-keys/{id}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;
use uuid::Uuid;

/// Delete one of my API keys. It is out at its next request.
#[utoipa::path(delete, path = "/v1/auth/api-keys/{id}", tag = "auth", params(("id" = Uuid, Path, description = "of `/v1/auth/api-keys`")),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn delete_key(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Error> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    caller.ask(&app, DELETE_KEY, &[id.into()]).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const DELETE_KEY: &str = include_str!("../sql/delete_key.sql");
