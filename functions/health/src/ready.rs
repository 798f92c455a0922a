//! `GET /health/ready`
use axum::extract::State;
use axum::response::Response;
use shared::app::App;
use shared::error::Error;

/// The database answers, is migrated, and its role has its settings; 503 while it does not answer.
#[utoipa::path(get, path = "/health/ready", tag = "health", security(()), responses((status = 200, body = Object), (status = 503)))]
pub(crate) async fn ready(State(app): State<App>) -> Result<Response, Error> {
    shared::serve::health::ready(&app).await
}
