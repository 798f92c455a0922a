//! Calendars: when a desk works. Route `/v1/calendars`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{get, put};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

pub mod calendar;
mod create;
mod file;
mod get;
mod holidays;
mod list;
mod read;
mod recurrence;
mod refusal;
#[cfg(target_family = "wasm")]
mod spin;
mod update;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("calendars", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/calendars", get(list::list).post(create::create))
        .route("/v1/calendars/{id}", get(get::get).patch(update::update))
        .route("/v1/calendars/{id}/holidays", put(holidays::holidays))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(paths(list::list, create::create, get::get, update::update, holidays::holidays), components(schemas(calendar::Calendar, calendar::Page)))]
pub struct Api;
