//! `DELETE /v1/incidents/{id}/watchers/{user}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;

use crate::watch::person;

/// Let somebody watch no more. Everybody removes themselves; others are removed by whoever may add them.
#[utoipa::path(delete, path = "/v1/incidents/{id}/watchers/{user}", tag = "incidents",
    params(("id" = String, Path, description = "id or number"), ("user" = String, Path, description = "a user's id, or `me`")),
    responses((status = 204, description = "does not watch any more, or never did"), (status = 400), (status = 401), (status = 403),
              (status = 404), (status = 429), (status = 503)))]
pub(crate) async fn unwatch(State(app): State<App>, caller: Caller, Path((id, user)): Path<(String, String)>) -> Result<StatusCode, Error> {
    let params = [id.into(), person(&user)?.into(), app.now().into()];
    caller.ask(&app, UNWATCH, &params).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const UNWATCH: &str = include_str!("../sql/unwatch.sql");
