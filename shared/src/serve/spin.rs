//! Fermyon Spin: the host hands in a request, the same router answers it; or a message of the bell, which says that something is due.
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use http_body_util::BodyExt;
use spin_sdk::http::Request;
use tower::ServiceExt;

use super::{internal, router};
use crate::app::App;
use crate::client::Peer;
use crate::config::{Config, VARIABLES};
use crate::error::Error;
use crate::function::{Function, Work};
use crate::job;
use crate::telemetry;

/// The app of this instance: keys are parsed, and tokens that were checked remembered, for as long as it lives.
static APP: OnceLock<App> = OnceLock::new();

/// The whole of a function's wasm entry.
pub async fn handle(function: Function, request: Request) -> Response {
    let router = match app().await {
        Ok(app) => router(routes(function), app),
        Err(error) => unusable(&error),
    };
    let mut request = request.map(Body::new);
    if let Some(peer) = peer(request.headers()) {
        request.extensions_mut().insert(peer);
    }
    match router.oneshot(request).await {
        Ok(response) => measured(response).await,
        Err(never) => match never {},
    }
}

/// The whole of a job function's redis entry: works off what is due. What the message says does not count, so anybody who may publish can wake,
/// and no more. The host only logs an error; the scheduler finds what was not done.
pub async fn rung(function: Function) -> Result<(), Error> {
    let app = app().await.map_err(Error::Internal)?;
    if let Work::Job(work) = function.work {
        job::drain(&app, &work, internal::DRAIN).await?;
    }
    Ok(())
}

/// The redis entry of a job function. A macro for one reason: the SDK's attribute writes its bindings, with the `unsafe` that the component model's
/// ABI needs, into the crate that bears it, and no function's crate has any of its own.
#[macro_export]
macro_rules! rung {
    ($function:expr) => {
        #[spin_sdk::redis_subscriber]
        async fn rung(_: Vec<u8>) -> Result<(), $crate::error::Error> {
            $crate::serve::spin::rung($function).await
        }
    };
}

/// The host's own header; one that a client sent was replaced.
fn peer(headers: &axum::http::HeaderMap) -> Option<Peer> {
    let peer: SocketAddr = headers.get("spin-client-addr")?.to_str().ok()?.parse().ok()?;
    Some(Peer(peer.ip()))
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

/// Without a content-length the host answers in chunks, and each later request of the connection waits 40 ms. Where there can be no body
/// there is no length (RFC 9110, 8.6).
async fn measured(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    if parts.status == StatusCode::NO_CONTENT {
        parts.headers.remove("content-length");
    } else if !parts.headers.contains_key("content-length") && parts.status != StatusCode::NOT_MODIFIED {
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
