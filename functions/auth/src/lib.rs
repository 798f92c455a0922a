//! Who somebody is: logging in, refreshing, and the keys that tokens are verified with. Routes `/v1/auth`, `/.well-known/jwks.json`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, post};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod jwks;
mod login;
mod me;
pub mod password;
mod refresh;
mod session;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("auth", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/auth/login", post(login::login))
        .route("/v1/auth/refresh", post(refresh::refresh))
        .route("/v1/auth/me", get(me::me))
        .route("/.well-known/jwks.json", get(jwks::jwks))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(login::login, refresh::refresh, me::me, jwks::jwks), components(schemas(session::Tokens, me::Me)))]
pub struct Api;
