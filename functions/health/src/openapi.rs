//! `GET /openapi.json`
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use shared::conditional::json;

/// The API as OpenAPI 3.1; the same file as `docs/openapi.json`.
#[utoipa::path(get, path = "/openapi.json", tag = "health", security(()), responses((status = 200, body = Object)))]
pub(crate) async fn openapi() -> Response {
    let mut response = json(StatusCode::OK, DOCUMENT.to_owned());
    response.headers_mut().insert("cache-control", HeaderValue::from_static("public, max-age=300"));
    response
}
/// `docs/openapi.json`, which `cargo xtask sync` writes.
pub const DOCUMENT: &str = include_str!("../../../docs/openapi.json");
