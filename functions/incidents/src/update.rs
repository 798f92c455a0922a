//! `PATCH /v1/incidents/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::db::Json;
use shared::error::Error;
use shared::idempotency::{IdempotencyKey, replay};
use shared::patch::merged;
use shared::rules::incident::{A_LINE, Current, count_reassignment, is_line};
use shared::slas::{Facts, book_of, is_stale};

use crate::custom;
use crate::explained::explained;
use crate::incident::Incident;
use crate::read::{Read, read};
use crate::terms::Terms;

/// Change fields: a JSON Merge Patch (RFC 7396). `null` clears a field that may be empty.
///
/// State, priority, counters and times are not patched: they follow from transitions and rules.
#[utoipa::path(patch, path = "/v1/incidents/{id}", tag = "incidents", request_body = Object,
    params(("id" = String, Path, description = "id or number"), ("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = Incident), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub(crate) async fn update(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, patch: Body<Map<String, Value>>,
) -> Result<Response, Error> {
    let terms = Terms { if_match, key: IdempotencyKey::default(), digest: patch.digest };
    written(perform(&app, &caller, &id, &terms, &patch.value).await?)
}

/// The change itself; answers the incident.
pub(crate) async fn perform(app: &App, caller: &Caller, id: &str, terms: &Terms, patch: &Map<String, Value>) -> Result<Json, Error> {
    loop {
        let before = read(app, caller, id, Some(&terms.key), ROUTE).await?;
        if let Some(stored) = &before.replay {
            return replay(stored.get(), &terms.digest);
        }
        terms.if_match.check(before.version())?;
        let mut set = permitted(&before, &before.current()?, patch.clone())?;
        if set.is_empty() {
            return Ok(before.incident.to_string());
        }
        let (book, now) = (book_of(app, before.slas.book).await?, app.now());
        let clocks = before.slas.clocks(&book, before.version(), &Facts::after(&book, &before.incident, &set), None, now);
        set.insert("due_at".into(), clocks.due_at.as_str().into());
        let params = [
            before.id()?.into(),
            before.version().into(),
            Value::Object(set).to_string().into(),
            now.into(),
            before.role.name().into(),
            terms.key.param(),
            ROUTE.into(),
            terms.digest.as_str().into(),
            clocks.param(),
        ];
        let outcome = caller.ask(app, UPDATE, &params).await;
        if !is_stale(app, &outcome)
            && let Some(body) = explained(outcome)?.found()?
        {
            return Ok(body);
        }
        // Somebody else was first: look again, before If-Match is judged.
    }
}
const ROUTE: &str = "PATCH /v1/incidents ";
const UPDATE: &str = include_str!("../sql/update.sql");

/// Fields that agents change.
const AGENT: &[&str] = &[
    "short_description",
    "description",
    "impact",
    "urgency",
    "category",
    "subcategory",
    "channel",
    "location",
    "caller_id",
    "assignment_group",
    "assigned_to",
    "major",
    "hold_reason",
    "parent_id",
    "restricted_to",
    "custom",
];
/// Fields that the incident's own caller changes while nobody works on it.
const OWN: &[&str] = &["short_description", "description"];
/// Fields that may be empty.
const NULLABLE: &[&str] = &["category", "subcategory", "location", "assignment_group", "assigned_to", "parent_id", "restricted_to"];

/// The columns that the patch really changes, if the caller may change them.
fn permitted(before: &Read, current: &Current, patch: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let fields = if before.role.works_tickets() { AGENT } else { OWN };
    let mut set = Map::new();
    for (field, value) in patch {
        if !AGENT.contains(&field.as_str()) {
            return Err(Error::BadRequest(format!("{field} is not a field that can be patched; those are {}.", AGENT.join(", "))));
        }
        if !fields.contains(&field.as_str()) {
            return Err(Error::Forbidden(format!("Your role does not permit changing {field}.")));
        }
        let value = checked(&field, value, &before.incident)?;
        if value != before.incident[&field] {
            set.insert(field, value);
        }
    }
    let open = if before.role.works_tickets() { !current.state.is_final() } else { before.own && current.state.name() == "new" };
    match (set.is_empty(), open) {
        (false, false) if before.role.works_tickets() => Err(Error::Conflict("A closed or canceled incident does not change any more.".into())),
        (false, false) => Err(Error::Forbidden("Only its caller changes it, and only while it is new.".into())),
        _ => {
            count_reassignment(current, &mut set);
            Ok(set)
        }
    }
}

/// The field's value after the patch, or what is wrong with it.
fn checked(field: &str, value: Value, incident: &Value) -> Result<Value, Error> {
    let invalid = |detail: &str| Err(Error::invalid(&format!("/{field}"), detail));
    match (field, &value) {
        (_, Value::Null) if NULLABLE.contains(&field) => Ok(value),
        ("impact" | "urgency", _) if !matches!(value.as_i64(), Some(1..=3)) => invalid("It is 1 (High), 2 (Medium) or 3 (Low)."),
        ("impact" | "urgency" | "major", Value::Number(_) | Value::Bool(_)) if (field == "major") == value.is_boolean() => Ok(value),
        ("major", _) => invalid("It is true or false."),
        ("custom", Value::Object(patch)) => {
            let custom = merged(incident["custom"].clone(), patch);
            custom::check(&custom).map(|()| custom)
        }
        ("custom", _) => invalid("It is an object."),
        ("hold_reason", Value::String(reason)) if reason == "caller" && incident["hold_reason"] != "caller" => {
            invalid("Whoever waits for the caller asks them: take it to in_progress, then on_hold with a comment, by POST .../transitions.")
        }
        ("caller_id" | "assignment_group" | "assigned_to" | "parent_id" | "restricted_to", Value::String(id)) => match uuid::Uuid::parse_str(id) {
            Ok(id) => Ok(json!(id)),
            Err(_) => invalid("It is a UUID."),
        },
        ("short_description", Value::String(text)) if !is_line(text) => invalid(A_LINE),
        (_, Value::String(_)) => Ok(value),
        _ => invalid("It is a text."),
    }
}
