//! `GET /v1/incidents/{id}/history`
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::db::Param;
use shared::error::Error;
use shared::page::{limit, page};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which part.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Items a page: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

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
    /// `created`, `updated`, `commented`, or the state that was reached.
    verb: String,
    /// `public` or `work_note`.
    visibility: String,
    /// Field by field: what it was, what it is.
    #[schema(value_type = Object, example = json!({"state": ["new", "in_progress"]}))]
    changes: serde_json::Map<String, serde_json::Value>,
    /// The version that it made, if it made one.
    version: Option<i64>,
}

/// Who did what when, oldest first.
#[utoipa::path(get, path = "/v1/incidents/{id}/history", tag = "incidents", params(("id" = String, Path, description = "id or number"), Part),
    responses((status = 200, body = HistoryPage), (status = 400), (status = 401), (status = 404)))]
pub(crate) async fn history(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    let name = format!("incident history {id}");
    let mut params = vec![id.into(), limit(part.limit)?.into()];
    match part.cursor.map(|cursor| app.cursors.open::<3>(&name, &cursor)).transpose()? {
        Some(position) => params.extend(position.map(Param::from)),
        None => params.extend([Param::Text(None), Param::Text(None), Param::Text(None)]),
    }
    let listed = caller.ask_list(&app, HISTORY, &params).await?.body()?;
    page(&app.cursors, &name, &uri, &listed)
}
const HISTORY: &str = include_str!("../sql/history.sql");
