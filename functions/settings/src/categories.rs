//! `GET /v1/categories`
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::json;
use shared::error::Error;
use utoipa::ToSchema;

/// A category of tickets.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Category {
    /// At most 80 characters; unique.
    #[schema(min_length = 1, max_length = 80, example = "Network")]
    pub(crate) name: String,
    /// Its subcategories, by name.
    #[serde(default)]
    pub(crate) subcategories: Vec<String>,
}

/// All of them.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Categories {
    items: Vec<Category>,
}

/// The categories in use, by name.
#[utoipa::path(get, path = "/v1/categories", tag = "settings", responses((status = 200, body = Categories), (status = 401)))]
pub(crate) async fn categories(State(app): State<App>, caller: Caller, _: NoQuery) -> Result<Response, Error> {
    Ok(json(StatusCode::OK, caller.ask(&app, CATEGORIES, &[]).await?.body()?))
}
const CATEGORIES: &str = include_str!("../sql/categories.sql");
