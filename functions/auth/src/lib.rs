//! Who somebody is: sessions, passwords, API keys, and the keys that tokens are verified with. Routes `/v1/auth`, `/.well-known/jwks.json`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{delete, get, post};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod change_password;
mod create_key;
mod create_reset;
mod delete_key;
mod jwks;
mod keys;
mod login;
mod logout;
mod logout_everywhere;
mod me;
pub mod password;
mod redeem_reset;
mod refresh;
mod refresh_token;
mod revoke_session;
mod session;
mod sessions;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("auth", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/auth/login", post(login::login))
        .route("/v1/auth/refresh", post(refresh::refresh))
        .route("/v1/auth/logout", post(logout::logout))
        .route("/v1/auth/logout-everywhere", post(logout_everywhere::logout_everywhere))
        .route("/v1/auth/me", get(me::me))
        .route("/v1/auth/sessions", get(sessions::sessions))
        .route("/v1/auth/sessions/{id}", delete(revoke_session::revoke_session))
        .route("/v1/auth/password", post(change_password::change_password))
        .route("/v1/auth/password-resets", post(create_reset::create_reset))
        .route("/v1/auth/password-resets/redeem", post(redeem_reset::redeem_reset))
        .route("/v1/auth/api-keys", get(keys::keys).post(create_key::create_key))
        .route("/v1/auth/api-keys/{id}", delete(delete_key::delete_key))
        .route("/.well-known/jwks.json", get(jwks::jwks))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(
        login::login,
        refresh::refresh,
        logout::logout,
        logout_everywhere::logout_everywhere,
        me::me,
        sessions::sessions,
        revoke_session::revoke_session,
        change_password::change_password,
        create_reset::create_reset,
        redeem_reset::redeem_reset,
        keys::keys,
        create_key::create_key,
        delete_key::delete_key,
        jwks::jwks
    ),
    components(schemas(session::Tokens, me::Me, sessions::Sessions, create_reset::Reset, keys::Keys, create_key::NewKey))
)]
pub struct Api;
