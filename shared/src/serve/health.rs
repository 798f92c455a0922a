//! A process's own health: alive, and ready when the database answers, is migrated and its role has its settings.
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::conditional::json;
use crate::error::Error;
use crate::metrics::METRICS;
use crate::serve::internal::Internal;

const READY: &str = include_str!("../../sql/ready.sql");

/// `GET /health/live`, `/health/ready`, `/metrics`: around the function's own routes in every native process.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/health/live", get(async || live()))
        .route("/health/ready", get(async |State(app): State<App>| ready(&app).await))
        .route("/metrics", get(metrics))
}

/// The process answers.
pub fn live() -> Response {
    json(StatusCode::OK, r#"{"status":"pass"}"#.into())
}

/// Whether requests may come; 503 while the database does not answer.
pub async fn ready(app: &App) -> Result<Response, Error> {
    let body = app.db.row(READY, &[]).await?.flatten();
    body.map(|body| json(StatusCode::OK, body)).ok_or_else(|| Error::Internal(anyhow::anyhow!("ready.sql answered nothing")))
}

async fn metrics(_: Internal) -> Response {
    ([("content-type", "text/plain; version=0.0.4")], METRICS.text()).into_response()
}
