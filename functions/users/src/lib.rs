//! People: who is there, what they may do, and what the platform knows of them. Route `/v1/users`; `me` works wherever an id does.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, post};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod create;
mod erase;
mod export;
mod get;
mod list;
mod refusal;
#[cfg(target_family = "wasm")]
mod spin;
mod update;
pub mod user;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("users", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/users", get(list::list).post(create::create))
        .route("/v1/users/{id}", get(get::get).patch(update::update))
        .route("/v1/users/{id}/export", get(export::export))
        .route("/v1/users/{id}/erasure", post(erase::erase))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(list::list, create::create, get::get, update::update, export::export, erase::erase),
    components(schemas(user::User, user::Page, list::Sort, export::ExportPage, export::Piece))
)]
pub struct Api;
