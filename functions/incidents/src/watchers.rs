//! `GET /v1/incidents/{id}/watchers`
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::part::Part;

/// Somebody who watches an incident: they see it and are told of it.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Watcher {
    /// The user.
    id: Uuid,
    /// Their name.
    name: String,
}

/// A page of watchers.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct WatcherPage {
    items: Vec<Watcher>,
    next: Option<String>,
}

/// Who watches.
#[utoipa::path(get, path = "/v1/incidents/{id}/watchers", tag = "incidents", params(("id" = String, Path, description = "id or number"), Part),
    responses((status = 200, body = WatcherPage, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 404), (status = 429), (status = 503)))]
pub(crate) async fn watchers(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    part.of::<1>("watchers", id, &app, &caller, WATCHERS, &uri).await
}
const WATCHERS: &str = include_str!("../sql/watchers.sql");
