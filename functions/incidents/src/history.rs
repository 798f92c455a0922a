//! `GET /v1/incidents/{id}/history`
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

/// A page of what happened.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct HistoryPage {
    items: Vec<Happening>,
    next: Option<String>,
}

/// Something that happened.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Happening {
    /// Rises with each event.
    seq: i64,
    /// When (RFC 3339, UTC).
    #[schema(format = "date-time")]
    at: String,
    /// Who; none for the platform itself.
    actor_id: Option<Uuid>,
    /// Their name.
    actor: Option<String>,
    /// `created`, `updated`, `commented`, `watched`, `unwatched`, `linked`, `unlinked`, `merged`, or the state that was reached.
    verb: String,
    /// `public` or `work_note`.
    visibility: String,
    /// What happened, for a person to read; of a comment, how it begins.
    #[schema(example = "assignment group: none → Network; state: new → in_progress")]
    summary: String,
    /// Field by field: what it was, what it is.
    #[schema(value_type = Object, example = json!({"state": ["new", "in_progress"]}))]
    changes: serde_json::Map<String, serde_json::Value>,
    /// The names of the users and teams, and the numbers of the incidents, that the changes refer to, by id.
    #[schema(value_type = Object)]
    names: serde_json::Map<String, serde_json::Value>,
    /// The version that it made, if it made one.
    version: Option<i64>,
}

/// Who did what when, oldest first.
#[utoipa::path(get, path = "/v1/incidents/{id}/history", tag = "incidents", params(("id" = String, Path, description = "id or number"), Part),
    responses((status = 200, body = HistoryPage), (status = 400), (status = 401), (status = 404)))]
pub(crate) async fn history(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    part.of::<3>("history", id, &app, &caller, HISTORY, &uri).await
}
const HISTORY: &str = include_str!("../sql/history.sql");
