//! Fermyon Spin: the host hands in a request, the same router answers it.
use std::collections::HashMap;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http_body_util::BodyExt;
use spin_sdk::http::Request;
use tower::ServiceExt;

use super::{internal, router};
use crate::app::App;
use crate::config::{Config, VARIABLES};
use crate::error::Error;
use crate::function::{Function, Work};
use crate::telemetry;

/// The app of this instance: keys are parsed, and tokens that were checked remembered, for as long as it lives.
static APP: OnceLock<App> = OnceLock::new();

/// The whole of a function's wasm entry.
pub async fn handle(function: Function, request: Request) -> Response {
    let router = match app().await {
        Ok(app) => router(routes(function), app),
        Err(error) => unusable(&error),
    };
    match router.oneshot(request.map(Body::new)).await {
        Ok(response) => measured(response).await,
        Err(never) => match never {},
    }
}

fn routes(function: Function) -> Router<App> {
    match function.work {
        Work::Http(routes) => routes(),
        Work::Job(work) => internal::routes(work),
    }
}

/// Answers 500 to everything, for a component whose variables do not do.
fn unusable(error: &anyhow::Error) -> Router {
    let cause = format!("{error:#}");
    let answer = move || std::future::ready(Error::Internal(anyhow!(cause.clone())));
    Router::new().fallback(answer).layer(axum::middleware::from_fn(telemetry::edge))
}

/// Without a content-length the host answers in chunks, and each later request of the connection waits 40 ms.
async fn measured(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    if !parts.headers.contains_key("content-length") && parts.status != axum::http::StatusCode::NOT_MODIFIED {
        parts.headers.insert("content-length", bytes.len().into());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Made at the instance's first request. Spin's variables have our names in lower case.
async fn app() -> Result<App> {
    if let Some(app) = APP.get() {
        return Ok(app.clone());
    }
    telemetry::init();
    let mut set = HashMap::new();
    for variable in VARIABLES {
        if let Ok(value) = spin_sdk::variables::get(&variable.name.to_lowercase()).await {
            set.insert(variable.name, value);
        }
    }
    let app = App::new(&Config::from_variables(&set)?)?;
    Ok(APP.get_or_init(|| app).clone())
}
