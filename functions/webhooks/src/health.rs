//! `GET /v1/webhooks/{id}/health`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::json;
use shared::error::Error;
use utoipa::ToSchema;

use crate::webhook;

/// How a webhook fares. It changes with each attempt, and is no part of the webhook's version.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = WebhookHealth)]
pub(crate) struct Health {
    /// Where it stands; null while an administrator has stopped it.
    circuit: Option<Circuit>,
    /// Attempts that failed, in a row.
    failures: i64,
    /// Since when.
    #[schema(format = "date-time")]
    failing_since: Option<String>,
    /// When it is tried next, if it failed.
    #[schema(format = "date-time")]
    next_at: Option<String>,
    /// Deliveries begun so far: the last `webhook-sequence`.
    sequence: i64,
    /// Deliveries that wait.
    pending: i64,
    /// Since when the oldest of them does.
    #[schema(format = "date-time")]
    oldest_at: Option<String>,
}

/// Where a webhook stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code)]
pub(crate) enum Circuit {
    /// The last attempt went well.
    Ok,
    /// The last attempts failed, fewer than five.
    Failing,
    /// Five or more failed: it is paused, and probed with the first delivery now and then.
    Open,
    /// It failed for days, or said that it is gone: the platform stopped it.
    Disabled,
}

/// How a webhook fares; administrators only.
#[utoipa::path(get, path = "/v1/webhooks/{id}/health", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 200, body = Health), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn health(State(app): State<App>, caller: Caller, Path(id): Path<String>, _: NoQuery) -> Result<Response, Error> {
    Ok(json(StatusCode::OK, caller.ask(&app, HEALTH, &[webhook::id(&id)?]).await?.body()?))
}
const HEALTH: &str = include_str!("../sql/health.sql");
