//! Automation: rules, their dry run, and the log of what they did; administrators only. Route `/v1/rules`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, post};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod create;
mod delete;
mod get;
mod list;
mod references;
mod rule;
mod runs;
#[cfg(target_family = "wasm")]
mod spin;
mod test;
mod update;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("rules", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/rules", get(list::list).post(create::create))
        .route("/v1/rules/{id}", get(get::get).patch(update::update).delete(delete::delete))
        .route("/v1/rules/{id}/runs", get(runs::runs))
        .route("/v1/rules/{id}/test", post(test::test))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(list::list, create::create, get::get, update::update, delete::delete, runs::runs, test::test),
    components(schemas(rule::Rule, rule::Page, runs::Runs, runs::Run, test::Verdict))
)]
pub struct Api;
