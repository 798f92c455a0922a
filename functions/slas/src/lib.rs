//! Service level definitions: what is promised to which tickets. Route `/v1/slas`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::get;
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod create;
mod get;
mod list;
mod refusal;
pub mod sla;
#[cfg(target_family = "wasm")]
mod spin;
mod update;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("slas", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new().route("/v1/slas", get(list::list).post(create::create)).route("/v1/slas/{id}", get(get::get).patch(update::update))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(list::list, create::create, get::get, update::update), components(schemas(sla::Sla, sla::Page)))]
pub struct Api;
