//! Is it alive, is it ready, and what does it speak: OpenAPI and a page for it that needs no internet.
//! Routes `/health`, `/openapi.json`, `/docs`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::get;
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod docs;
mod live;
mod openapi;
mod ready;
#[cfg(target_family = "wasm")]
mod spin;

pub use openapi::DOCUMENT;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("health", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/health/live", get(live::live))
        .route("/health/ready", get(ready::ready))
        .route("/openapi.json", get(openapi::openapi))
        .route("/docs", get(docs::docs))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(live::live, ready::ready, openapi::openapi, docs::docs))]
pub struct Api;
