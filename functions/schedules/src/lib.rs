//! What comes again, for administrators; auditors read. Route `/v1/schedules`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, post};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod get;
mod list;
mod run;
mod schedule;
#[cfg(target_family = "wasm")]
mod spin;
mod update;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("schedules", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/schedules", get(list::list))
        .route("/v1/schedules/{name}", get(get::get).patch(update::update))
        .route("/v1/schedules/{name}/run", post(run::run))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(list::list, get::get, update::update, run::run), components(schemas(schedule::Schedule, schedule::Page, update::Change, run::Begun)))]
pub struct Api;
