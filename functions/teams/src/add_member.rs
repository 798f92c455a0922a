//! `PUT /v1/teams/{id}/members/{user}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;

use crate::refusal::explained;
use crate::team;

/// Put a person on a team; managers and administrators, on a restricted one managers who are on it. Done already is done.
#[utoipa::path(put, path = "/v1/teams/{id}/members/{user}", tag = "teams", params(("id" = Uuid, Path), ("user" = Uuid, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "requesters and who is not active are on no team"), (status = 503)))]
pub(crate) async fn add_member(State(app): State<App>, caller: Caller, Path((id, user)): Path<(String, String)>) -> Result<StatusCode, Error> {
    let params = [team::id(&id)?, team::id(&user)?, app.now().into()];
    explained(caller.ask(&app, ADD, &params).await)?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const ADD: &str = include_str!("../sql/add_member.sql");
