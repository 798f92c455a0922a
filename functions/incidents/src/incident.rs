//! An incident as the API shows it. Postgres writes it; this type documents it and holds the tests to it.
use serde::Deserialize;
use shared::rules::lifecycle::{HoldReason, State};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, Ref, Schema};
use utoipa::{PartialSchema, ToSchema};
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
    /// The incident that this one is a part of; one level deep.
    pub parent_id: Option<Uuid>,
    /// The incident that this one was merged into; it is canceled then.
    pub merged_into: Option<Uuid>,
    /// The team that alone sees it, with its caller and its watchers.
    pub restricted_to: Option<Uuid>,
    /// When it was reported (RFC 3339, UTC).
    #[schema(format = "date-time")]
    pub opened_at: String,
    /// When the nearest promise to its caller (type `sla`) is due; nothing while none is running.
    #[schema(format = "date-time")]
    pub due_at: Option<String>,
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
    /// What `expand` asked for.
    pub expanded: Option<Expanded>,
}

/// An incident as a read shows it: whole, or with the members alone that `fields` names.
#[derive(Debug)]
pub struct IncidentShown;

impl PartialSchema for IncidentShown {
    fn schema() -> RefOr<Schema> {
        let mut part = Incident::schema();
        if let RefOr::T(Schema::Object(part)) = &mut part {
            part.required.clear();
            part.description = Some("With `fields`: these members alone.".into());
        }
        AnyOfBuilder::new().item(Ref::from_schema_name(Incident::name())).item(part).into()
    }
}

impl ToSchema for IncidentShown {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Incident::name().into(), Incident::schema()));
        Incident::schemas(schemas);
    }
}

/// Small objects of what an incident names; only what was asked for, is there, and may be seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Expanded {
    /// Whom it concerns.
    pub caller: Option<Named>,
    /// Who recorded it.
    pub opened_by: Option<Named>,
    /// The person who works on it.
    pub assignee: Option<Named>,
    /// The team that works on it.
    pub group: Option<Named>,
    /// The incident that it is a part of.
    pub parent: Option<Numbered>,
    /// Its promises that count, with what is over and what is left of them now.
    pub sla: Option<Vec<crate::slas::Standing>>,
}

/// A person or a team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// `id`
    pub id: Uuid,
    /// What people call it.
    pub name: String,
}

/// Another incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Numbered {
    /// `id`
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// What is wrong, in a line.
    pub short_description: String,
}

/// A page of incidents.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IncidentPage)]
pub struct Page {
    /// In the order asked for; with `fields` they have those members alone.
    #[schema(value_type = Vec<IncidentShown>)]
    pub items: Vec<Incident>,
    /// For the page after this one.
    pub next: Option<String>,
    /// With `count=true`: how many there are, as far as they are counted.
    pub total: Option<i64>,
    /// `exact` or `at_least`.
    #[schema(example = "exact")]
    pub total_is: Option<String>,
}
