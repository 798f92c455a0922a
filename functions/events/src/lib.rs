//! The change feed: every change of every ticket, in an order in which nothing ever appears behind a cursor; by pages, or as
//! server-sent events. Route `/v1/events`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::get;
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod list;
mod part;
#[cfg(target_family = "wasm")]
mod spin;
mod stream;

/// Each as a whole, for the test that prepares every statement: the files alone are fragments.
pub const STATEMENTS: [&str; 2] = [list::LIST, stream::STREAM];

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("events", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new().route("/v1/events", get(list::list))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(list::list), components(schemas(list::Feed, list::Event)))]
pub struct Api;
