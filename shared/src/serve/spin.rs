//! Fermyon Spin: the host hands in a request, the same router answers it.
use std::collections::HashMap;

use anyhow::Result;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use spin_sdk::http::Request;
use tower::ServiceExt;

use super::{internal, router};
use crate::app::App;
use crate::config::{Config, VARIABLES};
use crate::error::Error;
use crate::function::{Function, Work};
use crate::telemetry;

/// The whole of a function's wasm entry.
pub async fn handle(function: Function, request: Request) -> Response {
    telemetry::init();
    let app = match configured().await {
        Ok(app) => app,
        Err(error) => return Error::Internal(error).into_response(),
    };
    let routes = match function.work {
        Work::Http(routes) => routes(),
        Work::Job(work) => internal::routes(work),
    };
    match router(routes, app).oneshot(request.map(Body::new)).await {
        Ok(response) => measured(response).await,
        Err(never) => match never {},
    }
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

/// Spin's variables have our names in lower case.
async fn configured() -> Result<App> {
    let mut set = HashMap::new();
    for variable in VARIABLES {
        if let Ok(value) = spin_sdk::variables::get(&variable.name.to_lowercase()).await {
            set.insert(variable.name, value);
        }
    }
    App::new(&Config::from_variables(&set)?)
}
