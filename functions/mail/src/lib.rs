//! Mail that comes in, as an MTA's pipe, SES or a gateway hands it over. Route `/v1/mail/inbound`; `intake` makes of it what it is to be.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::post;
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod inbound;
mod reading;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("mail", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new().route("/v1/mail/inbound", post(inbound::inbound))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(inbound::inbound), components(schemas(inbound::Taken)))]
pub struct Api;
