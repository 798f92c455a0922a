//! Everybody's own inbox, and what they want to hear of. Routes `/v1/notifications`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, patch};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod list;
mod notification;
mod prefer;
mod preferences;
mod read;
mod read_all;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("notifications", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/notifications", get(list::list).patch(read_all::read_all))
        .route("/v1/notifications/preferences", get(preferences::preferences).patch(prefer::prefer))
        .route("/v1/notifications/{id}", patch(read::read))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(list::list, read::read, read_all::read_all, preferences::preferences, prefer::prefer),
    components(schemas(notification::Notification, notification::Page, preferences::Preference, preferences::Line, prefer::Ways, read_all::Marked))
)]
pub struct Api;
