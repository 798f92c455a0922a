//! Mail that comes in, as an MTA's pipe, SES or a gateway hands it over; `intake` makes of it what it is to be. What that set aside,
//! administrators look through. Routes `/v1/mail/inbound`, `/v1/mail/set-aside`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, post};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod discard;
mod get;
mod inbound;
mod list;
mod reading;
mod retry;
mod set_aside;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("mail", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/mail/inbound", post(inbound::inbound))
        .route("/v1/mail/set-aside", get(list::list))
        .route("/v1/mail/set-aside/{id}", get(get::get).delete(discard::discard))
        .route("/v1/mail/set-aside/{id}/retry", post(retry::retry))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(inbound::inbound, list::list, get::get, discard::discard, retry::retry),
    components(schemas(inbound::Taken, set_aside::SetAside, set_aside::Whole, set_aside::Page, retry::Retried))
)]
pub struct Api;
