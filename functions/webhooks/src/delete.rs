//! `DELETE /v1/webhooks/{id}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;

use crate::webhook;

/// Delete a webhook for good, with its secret and what is still to be delivered; administrators only. To stop it for a while, PATCH `active`.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Error> {
    caller.ask(&app, DELETE, &[webhook::id(&id)?, app.now().into()]).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const DELETE: &str = include_str!("../sql/delete.sql");
