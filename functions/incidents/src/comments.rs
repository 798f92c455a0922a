//! `GET /v1/incidents/{id}/comments`
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::part::Part;

/// Who reads a comment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Visibility {
    /// Everybody who sees the incident.
    #[default]
    Public,
    /// Those who work here: never a requester.
    WorkNote,
}

/// Something said of an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Comment {
    /// UUIDv7.
    id: Uuid,
    /// The incident.
    ticket_id: Uuid,
    /// Who said it.
    author_id: Uuid,
    /// Their name.
    author: String,
    /// Who reads it.
    visibility: Visibility,
    /// What was said.
    #[schema(example = "It works again. Thank you!")]
    body: String,
    /// When (RFC 3339, UTC).
    #[schema(format = "date-time")]
    created_at: String,
}

/// A page of comments.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct CommentPage {
    items: Vec<Comment>,
    next: Option<String>,
}

/// What was said, oldest first. Requesters do not see work notes.
#[utoipa::path(get, path = "/v1/incidents/{id}/comments", tag = "incidents", params(("id" = String, Path, description = "id or number"), Part),
    responses((status = 200, body = CommentPage, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 404), (status = 429), (status = 503)))]
pub(crate) async fn comments(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    part.of::<2>("comments", id, &app, &caller, COMMENTS, &uri).await
}
const COMMENTS: &str = include_str!("../sql/comments.sql");
