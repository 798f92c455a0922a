//! `DELETE /v1/mail/set-aside/{id}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;

use crate::set_aside::id;

/// Discard a mail that was set aside, with its files; administrators only. That it came is remembered, so that the same one is not taken again.
#[utoipa::path(delete, path = "/v1/mail/set-aside/{id}", tag = "mail", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn discard(State(app): State<App>, caller: Caller, Path(path): Path<String>) -> Result<StatusCode, Error> {
    caller.ask(&app, DISCARD, &[id(&path)?, app.now().into()]).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const DISCARD: &str = include_str!("../sql/discard.sql");
