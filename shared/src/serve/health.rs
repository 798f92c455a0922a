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
use crate::serve::gauges::Gauges;
use crate::serve::internal::Internal;

const READY: &str = include_str!("../../sql/ready.sql");

/// `GET /health/live`, `/health/ready`, `/metrics`: around the function's own routes in every native process.
pub fn routes(works: bool) -> Router<App> {
    let gauges = works.then(Gauges::default);
    let metrics = move |_: Internal, State(app): State<App>| async move { metrics(gauges.as_ref(), &app).await };
    Router::new()
        .route("/health/live", get(async || live()))
        .route("/health/ready", get(async |State(app): State<App>| ready(&app).await))
        .route("/metrics", get(metrics))
}

/// The process answers.
pub fn live() -> Response {
    json(StatusCode::OK, r#"{"status":"pass"}"#.into())
}

/// Whether requests may come; 503 while the database does not answer. Without a Redis they may, too: what that changes is said.
pub async fn ready(app: &App) -> Result<Response, Error> {
    let redis = app.cache.standing().await;
    let body = app.db.row(READY, &[redis.name().into(), app.limit.standing(redis).into()]).await?.flatten();
    body.map(|body| json(StatusCode::OK, body)).ok_or_else(|| Error::Internal(anyhow::anyhow!("ready.sql answered nothing")))
}

/// What this process counted, and of a worker what the whole desk is like.
async fn metrics(gauges: Option<&Gauges>, app: &App) -> Response {
    let mut text = METRICS.text();
    if let Some(gauges) = gauges {
        text += &gauges.text(app).await;
    }
    ([("content-type", "text/plain; version=0.0.4")], text).into_response()
}
