//! Incidents: an unplanned interruption to a service, from report to closure. Route `/v1/incidents`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::get;
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod create;
mod custom;
mod get;
mod history;
pub mod incident;
mod list;
mod read;
#[cfg(target_family = "wasm")]
mod spin;
mod transition;
mod transitions;
mod update;

pub use list::STATEMENTS as LISTS;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("incidents", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/incidents", get(list::list).post(create::create))
        .route("/v1/incidents/{id}", get(get::get).patch(update::update))
        .route("/v1/incidents/{id}/transitions", get(transitions::transitions).post(transition::transition))
        .route("/v1/incidents/{id}/history", get(history::history))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(list::list, create::create, get::get, update::update, transitions::transitions, transition::transition, history::history),
    components(schemas(incident::Incident, incident::Page))
)]
pub struct Api;
