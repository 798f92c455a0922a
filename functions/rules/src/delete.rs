//! `DELETE /v1/rules/{id}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;

use crate::rule;

/// Delete a rule for good; administrators only. What it did stays, under its name. To stop it for a while, PATCH `active`.
#[utoipa::path(delete, path = "/v1/rules/{id}", tag = "rules", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Error> {
    caller.ask(&app, DELETE, &[rule::id(&id)?, app.now().into()]).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const DELETE: &str = include_str!("../sql/delete.sql");
