//! `GET /.well-known/jwks.json`
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use shared::app::App;
use shared::conditional::json;

/// The public keys of access tokens (RFC 7517); two while keys are rotated.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "auth", security(()), responses((status = 200, body = Object)))]
pub(crate) async fn jwks(State(app): State<App>) -> Response {
    let mut response = json(StatusCode::OK, app.verifier.public_keys().to_owned());
    response.headers_mut().insert("cache-control", HeaderValue::from_static("public, max-age=300"));
    response
}
