//! The homes: how a function meets the world. The same router and the same `step` stand behind each.
use axum::Router;

use crate::app::App;
use crate::error::Error;
use crate::telemetry;

mod cloudevent;
mod gauges;
pub mod health;
#[cfg(not(target_family = "wasm"))]
pub mod http;
pub mod internal;
#[cfg(not(target_family = "wasm"))]
mod lambda;
#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(not(target_family = "wasm"))]
mod probe;
#[cfg(target_family = "wasm")]
pub mod spin;
#[cfg(not(target_family = "wasm"))]
pub mod sqs;
#[cfg(not(target_family = "wasm"))]
mod worker;

#[cfg(not(target_family = "wasm"))]
pub use lambda::events;
#[cfg(not(target_family = "wasm"))]
pub use native::{Workers, holding, main, process};

/// A function's routes with everything around them that is the same in every home.
pub fn router(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(|| async { Error::NotFound })
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        .layer(axum::middleware::from_fn(telemetry::edge))
        .with_state(app)
}
