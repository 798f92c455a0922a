//! `GET /v1/events`
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::error::Error;
use shared::page::{limit, page};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which part of the feed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Items at most: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the answer before; from the beginning if not said.
    cursor: Option<String>,
}

/// A part of the feed.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Feed {
    /// Oldest first.
    items: Vec<Event>,
    /// Always there: ask again with it, now or later.
    next: String,
}

/// One change.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Event {
    /// Unique within a database.
    seq: i64,
    /// When (RFC 3339, UTC).
    #[schema(format = "date-time")]
    at: String,
    /// `incident` or `settings`.
    subject: String,
    /// The ticket, if it is one's.
    ticket_id: Option<Uuid>,
    /// Its number.
    number: Option<String>,
    /// Who; none for the platform itself.
    actor_id: Option<Uuid>,
    /// What was done.
    verb: String,
    /// `public` or `work_note`.
    visibility: String,
    /// Field by field: what it was, what it is.
    #[schema(value_type = Object)]
    changes: serde_json::Map<String, serde_json::Value>,
    /// The ticket's version that it made, if it made one.
    version: Option<i64>,
}

/// What changed since the cursor, of what the caller may see. Every event appears exactly once, whoever writes meanwhile.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(Part), responses((status = 200, body = Feed), (status = 400), (status = 401)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(part): Query<Part>, uri: Uri) -> Result<Response, Error> {
    let position = match part.cursor {
        Some(cursor) => app.cursors.open(FEED, &cursor)?,
        None => ["0", "0", "0"].map(str::to_owned),
    };
    let mut params = vec![limit(part.limit)?.into()];
    params.extend(position.into_iter().map(Into::into));
    let listed = caller.ask_list(&app, LIST, &params).await?.body()?;
    page(&app.cursors, FEED, &uri, &listed)
}
const FEED: &str = "events";
const LIST: &str = include_str!("../sql/list.sql");
