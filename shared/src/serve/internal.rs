//! Internal routes: events for a job function, and draining its queue. Never public: absent from nginx and the API gateway,
//! and asking for `Authorization: Bearer $INTERNAL_TOKEN` wherever they are; but for events where nobody outside can send any.
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use crate::app::App;
use crate::caller::bearer;
use crate::conditional::json;
use crate::error::Error;
use crate::function::JobWork;
use crate::job;
use crate::serve::cloudevent;

/// How long one wake-up begins new jobs.
pub(super) const DRAIN: Duration = Duration::from_secs(25);

/// Proof that the request knows the internal token. Whoever does not is not told that there is a route; without a token set, nobody is.
#[derive(Debug)]
pub struct Internal;

impl FromRequestParts<App> for Internal {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let given = bearer(parts).unwrap_or_default();
        match app.internal_token.as_deref() {
            Some(token) if same(token.as_bytes(), given.as_bytes()) => Ok(Self),
            _ => Err(Error::NotFound),
        }
    }
}

/// Whoever may send events: those who know the token; all who reach us, where `CLOUD_EVENTS` says so. An event only wakes. What it can make
/// run would run within the minute anyhow, and its answer tells nothing of the job.
#[derive(Debug)]
struct Sender;

impl FromRequestParts<App> for Sender {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        if app.open_events { Ok(Self) } else { Internal::from_request_parts(parts, app).await.map(|Internal| Self) }
    }
}

/// Compares without telling by its time where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// `POST /` takes a CloudEvent, `POST /internal/drain/{queue}` works off what is due.
pub fn routes(work: JobWork) -> Router<App> {
    let event = move |_: Sender, _: Posted, State(app): State<App>, headers: HeaderMap, body: Bytes| event(app, work, headers, body);
    let drained = move |_: Internal, _: Posted, State(app): State<App>| drained(app, work);
    Router::new().route("/", any(event)).route(&format!("/internal/drain/{}", work.queue), any(drained))
}

/// A POST; any other method is a 404 and no 405, whose `Allow` would tell that there is a route.
#[derive(Debug)]
struct Posted;

impl<S: Sync> FromRequestParts<S> for Posted {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        if parts.method == axum::http::Method::POST { Ok(Self) } else { Err(Error::NotFound) }
    }
}

/// An empty request is a wake-up too: what no client had to say, it need not wrap.
async fn event(app: App, work: JobWork, headers: HeaderMap, body: Bytes) -> Result<Response, Error> {
    let is_empty = body.is_empty() && !headers.contains_key("ce-id");
    match if is_empty { None } else { cloudevent::job(&headers, &body)? } {
        Some(id) => {
            job::step(&app, &work, id).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        None => drained(app, work).await,
    }
}

async fn drained(app: App, work: JobWork) -> Result<Response, Error> {
    let ran = job::drain(&app, &work, DRAIN).await?;
    Ok(json(StatusCode::OK, format!(r#"{{"ran":{ran}}}"#)))
}
