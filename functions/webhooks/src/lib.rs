//! Webhooks: who is told of what, their secrets, and the log of deliveries; administrators only. Route `/v1/webhooks`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, post};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod create;
mod delete;
mod deliveries;
mod delivery;
mod get;
mod health;
mod list;
mod once;
mod ping;
mod replay;
mod rotate;
#[cfg(target_family = "wasm")]
mod spin;
mod update;
mod webhook;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("webhooks", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/webhooks", get(list::list).post(create::create))
        .route("/v1/webhooks/{id}", get(get::get).patch(update::update).delete(delete::delete))
        .route("/v1/webhooks/{id}/health", get(health::health))
        .route("/v1/webhooks/{id}/ping", post(ping::ping))
        .route("/v1/webhooks/{id}/rotate", post(rotate::rotate))
        .route("/v1/webhooks/{id}/deliveries", get(deliveries::deliveries))
        .route("/v1/webhooks/{id}/deliveries/{delivery}/replay", post(replay::replay))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(
        list::list,
        create::create,
        get::get,
        update::update,
        delete::delete,
        health::health,
        ping::ping,
        rotate::rotate,
        deliveries::deliveries,
        replay::replay
    ),
    components(schemas(webhook::Webhook, webhook::Page, webhook::Secret, health::Health, delivery::Delivery, delivery::Page))
)]
pub struct Api;
