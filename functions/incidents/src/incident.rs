//! An incident as the API shows it. Postgres writes it; this type documents it and holds the tests to it.
use serde::Deserialize;
use shared::rules::lifecycle::{HoldReason, State};
use utoipa::ToSchema;
use uuid::Uuid;

/// An incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// UUIDv7.
    pub id: Uuid,
    /// `INC` and at least seven digits; works wherever the id does.
    #[schema(example = "INC0000042")]
    pub number: String,
    /// What is wrong, in a line.
    #[schema(max_length = 160, example = "E-mail does not send")]
    pub short_description: String,
    /// What is wrong, in full.
    pub description: String,
    /// Where it stands.
    pub state: State,
    /// What it waits for; set exactly while it is on hold.
    pub hold_reason: Option<HoldReason>,
    /// 1 High, 2 Medium, 3 Low.
    #[schema(minimum = 1, maximum = 3)]
    pub impact: i16,
    /// 1 High, 2 Medium, 3 Low.
    #[schema(minimum = 1, maximum = 3)]
    pub urgency: i16,
    /// 1 Critical to 5 Planning, looked up from impact and urgency.
    #[schema(minimum = 1, maximum = 5)]
    pub priority: i16,
    /// One of `/v1/categories`.
    pub category: Option<String>,
    /// One of the category's.
    pub subcategory: Option<String>,
    /// How it was reported.
    #[schema(example = "portal")]
    pub channel: String,
    /// Where.
    pub location: Option<String>,
    /// Whom it concerns.
    pub caller_id: Uuid,
    /// Who recorded it.
    pub opened_by: Uuid,
    /// The team that works on it.
    pub assignment_group: Option<Uuid>,
    /// The person who works on it.
    pub assigned_to: Option<Uuid>,
    /// A major incident never closes by itself.
    pub major: bool,
    /// When it was reported (RFC 3339, UTC).
    #[schema(format = "date-time")]
    pub opened_at: String,
    /// When it was resolved.
    #[schema(format = "date-time")]
    pub resolved_at: Option<String>,
    /// When it was closed or canceled.
    #[schema(format = "date-time")]
    pub closed_at: Option<String>,
    /// How it was solved.
    pub close_code: Option<String>,
    /// What was done.
    pub close_notes: Option<String>,
    /// How often it changed teams.
    pub reassignment_count: i32,
    /// How often it was reopened.
    pub reopen_count: i32,
    /// Its ETag.
    pub version: i64,
    /// The organisation's own fields.
    #[schema(value_type = Object)]
    pub custom: serde_json::Map<String, serde_json::Value>,
    /// When the row was made.
    #[schema(format = "date-time")]
    pub created_at: String,
    /// When it last changed.
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// A page of incidents.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Page {
    /// In the order asked for.
    pub items: Vec<Incident>,
    /// For the page after this one.
    pub next: Option<String>,
}
