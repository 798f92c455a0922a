//! `DELETE /v1/teams/{id}/members/{user}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;

use crate::team;

/// Take a person off a team; whoever may put one on it. What they saw as a member they see no more. Done already is done.
#[utoipa::path(delete, path = "/v1/teams/{id}/members/{user}", tag = "teams", params(("id" = Uuid, Path), ("user" = Uuid, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn remove_member(State(app): State<App>, caller: Caller, Path((id, user)): Path<(String, String)>) -> Result<StatusCode, Error> {
    let params = [team::id(&id)?, team::id(&user)?, app.now().into()];
    caller.ask(&app, REMOVE, &params).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const REMOVE: &str = include_str!("../sql/remove_member.sql");
