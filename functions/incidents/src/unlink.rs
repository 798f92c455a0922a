//! `DELETE /v1/incidents/{id}/links/{link}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;
use uuid::Uuid;

/// Remove a link, from either end.
#[utoipa::path(delete, path = "/v1/incidents/{id}/links/{link}", tag = "incidents",
    params(("id" = String, Path, description = "id or number"), ("link" = String, Path, description = "the link's id")),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 429), (status = 503)))]
pub(crate) async fn unlink(State(app): State<App>, caller: Caller, Path((id, link)): Path<(String, String)>) -> Result<StatusCode, Error> {
    let link = Uuid::parse_str(&link).map_err(|_| Error::NotFound)?;
    caller.ask(&app, UNLINK, &[id.into(), link.into(), app.now().into()]).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const UNLINK: &str = include_str!("../sql/unlink.sql");
