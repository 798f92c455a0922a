//! What an administrator sets: the priority matrix, when resolved incidents close, categories. Routes `/v1/settings`, `/v1/categories`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::get;
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod categories;
mod create_category;
mod get;
#[cfg(target_family = "wasm")]
mod spin;
mod update;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("settings", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/settings", get(get::get).patch(update::update))
        .route("/v1/categories", get(categories::categories).post(create_category::create_category))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(get::get, update::update, categories::categories, create_category::create_category),
    components(schemas(get::Settings, categories::Category, categories::Categories))
)]
pub struct Api;
