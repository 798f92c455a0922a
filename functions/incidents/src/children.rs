//! `GET /v1/incidents/{id}/children`
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::error::Error;
use shared::rules::lifecycle::State as Stage;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::part::Part;

/// A part of another incident, in brief.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Child {
    id: Uuid,
    #[schema(example = "INC0000042")]
    number: String,
    short_description: String,
    state: Stage,
    priority: i16,
    assignment_group: Option<Uuid>,
    assigned_to: Option<Uuid>,
    #[schema(format = "date-time")]
    opened_at: String,
    version: i64,
}

/// A page of children.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct ChildPage {
    items: Vec<Child>,
    next: Option<String>,
}

/// Its parts, oldest first: the incidents whose `parent_id` it is. Those that you may not see are left out.
#[utoipa::path(get, path = "/v1/incidents/{id}/children", tag = "incidents", params(("id" = String, Path, description = "id or number"), Part),
    responses((status = 200, body = ChildPage, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 404), (status = 429), (status = 503)))]
pub(crate) async fn children(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    part.of::<1>("children", id, &app, &caller, CHILDREN, &uri).await
}
const CHILDREN: &str = include_str!("../sql/children.sql");
