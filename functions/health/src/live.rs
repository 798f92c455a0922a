//! `GET /health/live`
use axum::response::Response;

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "health", security(()), responses((status = 200, body = Object)))]
pub(crate) async fn live() -> Response {
    shared::serve::health::live()
}
