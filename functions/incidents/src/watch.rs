//! `PUT /v1/incidents/{id}/watchers/{user}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;
use uuid::Uuid;

use crate::explained::explained;

/// Let somebody watch. Those who work tickets add anybody, its caller does on their own incident; on a restricted one its team alone.
#[utoipa::path(put, path = "/v1/incidents/{id}/watchers/{user}", tag = "incidents",
    params(("id" = String, Path, description = "id or number"), ("user" = String, Path, description = "a user's id, or `me`")),
    responses((status = 204, description = "watches now, or did before"), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 422, description = "there is no such active person"), (status = 429), (status = 503)))]
pub(crate) async fn watch(State(app): State<App>, caller: Caller, Path((id, user)): Path<(String, String)>) -> Result<StatusCode, Error> {
    let params = [id.into(), person(&user)?.into(), app.now().into()];
    explained(caller.ask(&app, WATCH, &params).await)?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const WATCH: &str = include_str!("../sql/watch.sql");

/// The user that a path names; none is the caller's own self.
pub(crate) fn person(user: &str) -> Result<Option<Uuid>, Error> {
    match user {
        "me" => Ok(None),
        id => Uuid::parse_str(id).map(Some).map_err(|_| Error::NotFound),
    }
}
