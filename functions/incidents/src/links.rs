//! `GET /v1/incidents/{id}/links`
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::error::Error;
use shared::rules::lifecycle::State as Stage;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::part::Part;

/// What one incident is to another, as it reads from the one that was asked for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LinkKind)]
pub(crate) enum Kind {
    /// They have to do with each other.
    Relates,
    /// It is the same as the other, reported again.
    Duplicates,
    /// The other is the same, reported again.
    DuplicatedBy,
    /// The other is why it happened.
    CausedBy,
    /// It is why the other happened.
    Causes,
}

/// A link.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Link {
    /// UUIDv7.
    id: Uuid,
    /// What this incident is to the other.
    kind: Kind,
    /// The other.
    ticket: Linked,
    /// Who linked them.
    created_by: Uuid,
    /// When (RFC 3339, UTC).
    #[schema(format = "date-time")]
    created_at: String,
}

/// The other end of a link.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Linked {
    id: Uuid,
    #[schema(example = "INC0000042")]
    number: String,
    short_description: String,
    state: Stage,
}

/// A page of links.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct LinkPage {
    items: Vec<Link>,
    next: Option<String>,
}

/// What it is linked to, oldest first. Links to what you may not see are left out.
#[utoipa::path(get, path = "/v1/incidents/{id}/links", tag = "incidents", params(("id" = String, Path, description = "id or number"), Part),
    responses((status = 200, body = LinkPage, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 404), (status = 429), (status = 503)))]
pub(crate) async fn links(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    part.of::<1>("links", id, &app, &caller, LINKS, &uri).await
}
const LINKS: &str = include_str!("../sql/links.sql");
