//! `POST /v1/categories`
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shared::app::App;
use shared::body::Body;
use shared::caller::{Caller, explained};
use shared::conditional::json;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::once;

use crate::categories::Category;

/// Add a category with its subcategories; managers and administrators.
#[utoipa::path(post, path = "/v1/categories", tag = "settings", request_body = Category,
    params(("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 201, body = Category), (status = 400), (status = 401), (status = 403), (status = 409), (status = 422)))]
pub(crate) async fn create_category(State(app): State<App>, caller: Caller, key: IdempotencyKey, new: Body<Category>) -> Result<Response, Error> {
    let category = serde_json::to_string(&new.value).map_err(|error| Error::Internal(error.into()))?;
    let outcome = caller.ask(&app, CREATE, &[category.into(), app.now().into(), key.param(), new.digest.as_str().into()]).await;
    let body = once(&app, &caller, explained(outcome, named)?, REPLAY, &key, &new.digest).await?;
    Ok(json(StatusCode::CREATED, body))
}
const CREATE: &str = include_str!("../sql/create_category.sql");
const REPLAY: &str = include_str!("../sql/replay.sql");

fn named(constraint: &str) -> Option<Error> {
    match constraint {
        "categories_pkey" => Some(Error::Conflict("There is a category of this name.".into())),
        "subcategories_pkey" => Some(Error::invalid("/subcategories", "Each name stands once.")),
        "categories_name_check" => Some(Error::invalid("/name", "It has 1 to 80 characters.")),
        "subcategories_name_check" => Some(Error::invalid("/subcategories", "Each has 1 to 80 characters.")),
        _ => None,
    }
}
