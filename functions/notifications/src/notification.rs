//! A notification as the API shows it.
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that happened to a ticket which the caller has to do with. What it names is as it is now; where the caller may not see the
/// ticket any more, there is no notification either.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct Notification {
    /// UUIDv7.
    id: Uuid,
    /// What happened.
    #[schema(example = "commented")]
    kind: String,
    /// Why the caller hears of it: `caller`, `assignee`, `group` or `watcher`.
    #[schema(example = "assignee")]
    relation: String,
    /// The ticket.
    ticket_id: Uuid,
    /// Its number.
    number: String,
    /// Its line.
    short_description: String,
    /// Where it stands.
    state: String,
    /// Who did it; none for the platform itself.
    actor_id: Option<Uuid>,
    /// Their name.
    actor: Option<String>,
    /// The first 500 characters of what was said, where something was.
    comment: Option<String>,
    /// When the caller was told.
    #[schema(format = "date-time")]
    created_at: String,
    /// When the caller had read it, if so.
    #[schema(format = "date-time")]
    read_at: Option<String>,
}

/// A page of notifications, the newest first.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = NotificationPage)]
pub(crate) struct Page {
    items: Vec<Notification>,
    /// The cursor of the next page, or null.
    next: Option<String>,
    /// With `count=true`: how many there are, counted to 1,000.
    total: Option<i64>,
    /// `exact`, or `at_least` where counting ended.
    total_is: Option<String>,
}
