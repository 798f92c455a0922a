//! `GET /openapi.json`
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use shared::conditional::json;

/// The API as OpenAPI 3.1; the same file as `docs/openapi.json`.
#[utoipa::path(get, path = "/openapi.json", tag = "health", security(()), responses((status = 200, body = Object)))]
pub(crate) async fn openapi() -> Response {
    let mut response = json(StatusCode::OK, OPENAPI.to_owned());
    response.headers_mut().insert("cache-control", HeaderValue::from_static("public, max-age=300"));
    response
}
const OPENAPI: &str = include_str!("../../../docs/openapi.json");
