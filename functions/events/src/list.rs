//! `GET /v1/events`
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::error::Error;
use shared::page::page;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::part::{FEED, Part};
use crate::stream::{is_asked_for, stream};

/// A part of the feed.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Feed {
    /// Oldest first. Fewer than asked for, even none, is not the end: one answer looks at 10,000 events at most.
    items: Vec<Event>,
    /// Always there: ask again with it, now or later. It is the cursor that was sent exactly when there is nothing more.
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
    /// What kind of thing it is of.
    #[schema(example = "incident")]
    subject: String,
    /// The ticket, if it is one's.
    ticket_id: Option<Uuid>,
    /// Its number.
    number: Option<String>,
    /// Who; none for the platform itself.
    actor_id: Option<Uuid>,
    /// What was done.
    #[schema(example = "created")]
    verb: String,
    /// `public` or `work_note`.
    visibility: String,
    /// Field by field: what it was, what it is. Another ticket is null where you may not see that one.
    #[schema(value_type = Object, example = json!({"state": ["new", "resolved"]}))]
    changes: serde_json::Map<String, serde_json::Value>,
    /// The ticket's version that it made, if it made one.
    version: Option<i64>,
}

/// What changed since the cursor, of what the caller may see. Every event appears exactly once, whoever writes meanwhile.
/// With `Accept: text/event-stream` the same as server-sent events: each with its verb as `event`, its cursor as `id`, its JSON as `data`.
#[utoipa::path(get, path = "/v1/events", tag = "events",
    params(Part, ("Last-Event-ID" = Option<String>, Header, description = "of a stream: continue after this event; it goes before `cursor`")),
    responses((status = 200, content((Feed = "application/json"), (String = "text/event-stream"))), (status = 400), (status = 401),
              (status = 429, description = "too many streams are held already")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(part): Query<Part>, headers: HeaderMap, uri: Uri) -> Result<Response, Error> {
    if is_asked_for(&headers) {
        return stream(app, caller, part, &headers).await;
    }
    part.not_held()?;
    let params = part.params(&part.begin(&app)?)?;
    let listed = caller.ask_list(&app, LIST, &params).await?.body()?;
    page(&app.cursors, FEED, &uri, &listed)
}
pub(crate) const LIST: &str = concat!(include_str!("../sql/list.sql"), include_str!("../sql/list_page.sql"));
