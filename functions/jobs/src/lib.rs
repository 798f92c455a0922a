//! What the background does, for administrators; auditors read. Route `/v1/jobs`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, post};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod cancel;
mod get;
mod job;
mod list;
mod replay;
mod retry;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("jobs", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/jobs", get(list::list))
        .route("/v1/jobs/{id}", get(get::get))
        .route("/v1/jobs/{id}/retry", post(retry::retry))
        .route("/v1/jobs/{id}/cancel", post(cancel::cancel))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(list::list, get::get, retry::retry, cancel::cancel), components(schemas(job::Job, job::Page, job::State)))]
pub struct Api;
