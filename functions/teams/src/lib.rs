//! Teams, who is on them, and which keep their tickets to themselves. Route `/v1/teams`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, put};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod add_member;
mod create;
mod get;
mod list;
mod members;
mod refusal;
mod remove_member;
#[cfg(target_family = "wasm")]
mod spin;
pub mod team;
mod update;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("teams", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/teams", get(list::list).post(create::create))
        .route("/v1/teams/{id}", get(get::get).patch(update::update))
        .route("/v1/teams/{id}/members", get(members::members))
        .route("/v1/teams/{id}/members/{user}", put(add_member::add_member).delete(remove_member::remove_member))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(list::list, create::create, get::get, update::update, members::members, add_member::add_member, remove_member::remove_member),
    components(schemas(team::Team, team::Page, members::Members, members::Member))
)]
pub struct Api;
