//! The edge of every home: request ids, one JSON log line a request, metrics, and the body of a problem.
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use uuid::Uuid;

use crate::error::{Error, FieldError, Problem};
use crate::metrics::METRICS;

pub mod log;

/// Logs go to stdout as JSON, one line an event; `RUST_LOG`-like filtering is the log shipper's work.
pub fn init() {
    let _already_set = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .with_writer(log::Events)
        .try_init();
    log::open();
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost layer.
pub async fn edge(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request_id(&request);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let trace = request.headers().get("traceparent").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    // No name has a NUL; gateways refuse it too, each before we could answer in our own way.
    let answer = if uri.path().contains("%00") { malformed().into_response() } else { next.run(request).await };
    let mut response = written(answer, uri.path(), &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let (status, seconds) = (response.status().as_u16(), begun.elapsed().as_secs_f64());
    METRICS.requests.with_label_values(&[method_text(&method), route, status_text(response.status())]).inc();
    METRICS.seconds.with_label_values(&[method_text(&method), route]).observe(seconds);
    let line = log::RequestLine {
        timestamp: crate::app::now(),
        level: "INFO",
        message: "request",
        request_id: &id,
        method: method.as_str(),
        path: uri.path(),
        route,
        status,
        ms: (seconds * 1e6).round() / 1e3,
        traceparent: trace.as_deref(),
    };
    line.write();
    response
}

/// A client may invent methods; each would be a time series of its own.
fn method_text(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn status_text(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// The caller's own id where it is harmless in a log, else a new one.
fn request_id(request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    given.filter(harmless).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

#[derive(Serialize)]
struct ProblemBody<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

/// Writes the body of a problem; an error that no handler of ours made (a path that is not UTF-8, say) becomes one too.
fn written(mut response: Response, path: &str, id: &str) -> Response {
    let status = response.status();
    if (status.is_client_error() || status.is_server_error()) && response.extensions().get::<Problem>().is_none() {
        response = from_framework(status).into_response();
    }
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let body = ProblemBody {
        r#type: format!("urn:itsm:problem:{}", problem.kind),
        title: problem.title,
        status: status.as_u16(),
        detail: &problem.detail,
        instance: path,
        request_id: id,
        errors: &problem.errors,
    };
    let json = serde_json::to_string(&body).unwrap_or_default();
    *response.body_mut() = json.into();
    let headers = response.headers_mut();
    headers.remove("content-length");
    headers.insert("content-type", HeaderValue::from_static("application/problem+json"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    response
}

fn from_framework(status: StatusCode) -> Error {
    match status.as_u16() {
        404 => Error::NotFound,
        405 => Error::MethodNotAllowed,
        413 => Error::TooLarge(crate::body::LIMIT),
        415 => Error::UnsupportedMediaType,
        400..=499 => malformed(),
        _ => Error::Internal(anyhow::anyhow!("answered {status} without a problem")),
    }
}

fn malformed() -> Error {
    Error::BadRequest("The request line or a header is malformed.".into())
}
