//! Alerts that become incidents: what Prometheus' Alertmanager posts. Route `/v1/alerts`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::post;
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod receive;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("alerts", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new().route("/v1/alerts", post(receive::receive))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(receive::receive), components(schemas(receive::AlertReceived, receive::AlertOutcome)))]
pub struct Api;
