//! `GET /docs`
use axum::http::HeaderValue;
use axum::response::{Html, IntoResponse, Response};

/// A page that shows `/openapi.json`; it loads nothing from elsewhere.
#[utoipa::path(get, path = "/docs", tag = "health", security(()), responses((status = 200, body = String, content_type = "text/html")))]
pub(crate) async fn docs() -> Response {
    let mut response = Html(PAGE).into_response();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
    response.headers_mut().insert("content-security-policy", HeaderValue::from_static(policy));
    response
}
const PAGE: &str = include_str!("../docs.html");
