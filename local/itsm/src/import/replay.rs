//! One version after the other: the fields that each sets, the counters that follow, the event that it is.
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::rules::incident::{Current, count_reassignment};
use shared::rules::lifecycle::State;
use uuid::Uuid;

use super::log::Incident;
use super::plan::Names;
use super::row::Row;
use super::value;

/// A ticket as the database writes it into JSON.
pub(super) type Ticket = Map<String, Value>;

/// An event, as `events` has it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Event {
    pub(super) at: String,
    pub(super) ticket_id: Value,
    pub(super) actor_id: Option<Uuid>,
    pub(super) verb: &'static str,
    pub(super) changes: Map<String, Value>,
    pub(super) version: i64,
}

/// What a write of a ticket is not asked for: events do not repeat it.
const NOT_CHANGES: &[&str] = &["version", "created_at", "updated_at"];

/// Replays `rows` on the ticket as it is, or from nothing.
pub(super) fn replay(incident: &Incident, mut ticket: Option<Ticket>, rows: &[&Row], names: &Names<'_>) -> (Ticket, Vec<Event>) {
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let (after, verb) = match &ticket {
            None => (first(incident, row, names), "created"),
            Some(before) => {
                let after = next(before, row, names);
                let verb = if after["state"] == before["state"] { "updated" } else { row.state.name() };
                (after, verb)
            }
        };
        events.push(Event {
            at: value::json(row.updated_at),
            ticket_id: after["id"].clone(),
            actor_id: row.updated_by.as_deref().map(|person| names.person(person)),
            verb,
            changes: changes(ticket.as_ref(), &after),
            version: int(&after, "version"),
        });
        ticket = Some(after);
    }
    (ticket.unwrap_or_default(), events)
}

/// The ticket as it was with each of the rows.
pub(super) fn versions(incident: &Incident, names: &Names<'_>) -> Vec<(Timestamp, Ticket)> {
    let mut versions: Vec<(Timestamp, Ticket)> = Vec::with_capacity(incident.versions.len());
    for row in &incident.versions {
        let ticket = versions.last().map_or_else(|| first(incident, row, names), |(_, before)| next(before, row, names));
        versions.push((row.updated_at, ticket));
    }
    versions
}

/// The first version. The log's counters are where ours start: what came before it is not in the log.
fn first(incident: &Incident, row: &Row, names: &Names<'_>) -> Ticket {
    let mut ticket = Ticket::from_iter([
        ("id".to_owned(), json!(Uuid::now_v7())),
        ("number".into(), json!(incident.number)),
        ("short_description".into(), json!(short_description(row))),
        ("description".into(), json!("")),
        ("major".into(), json!(false)),
        ("close_notes".into(), Value::Null),
        ("reopen_count".into(), json!(row.reopen_count)),
        ("reassignment_count".into(), json!(row.reassignment_count)),
        ("created_at".into(), json!(value::json(row.created_at.or(row.opened_at).unwrap_or(row.updated_at)))),
    ]);
    ticket.extend(fields(None, row, names));
    ticket
}

/// The version after `before`. Counters rise by our own rules, not by the log's.
fn next(before: &Ticket, row: &Row, names: &Names<'_>) -> Ticket {
    let mut set = fields(Some(before), row, names);
    let current = Current {
        state: row.state,
        assignment_group: before["assignment_group"].as_str().map(str::to_owned),
        assigned_to: None,
        reassignment_count: int(before, "reassignment_count"),
        reopen_count: int(before, "reopen_count"),
        resolver: None,
    };
    count_reassignment(&current, &mut set);
    if before["state"] == State::Resolved.name() && row.state == State::InProgress {
        set.insert("reopen_count".into(), json!(current.reopen_count + 1));
    }
    let mut after = before.clone();
    after.extend(set);
    after
}

/// What a row says of the fields that may change. What must not be empty stays where the row is silent.
fn fields(before: Option<&Ticket>, row: &Row, names: &Names<'_>) -> Ticket {
    let person = |person: &Option<String>| person.as_deref().map(|person| names.person(person));
    let stays = |field: &str| before.map(|before| before[field].clone());
    let version = before.map_or(1, |before| int(before, "version") + 1);
    let recorder = row.opened_by.as_deref().or(row.created_by.as_deref()).or(row.updated_by.as_deref());
    let opened_at = row.opened_at.map(|at| json!(value::json(at)));
    let resolved_at =
        matches!(row.state, State::Resolved | State::Closed).then(|| reached(before, row, "resolved_at", row.resolved_at, State::Resolved));
    let closed_at = row.state.is_final().then(|| reached(before, row, "closed_at", row.closed_at, row.state));
    let Value::Object(fields) = json!({
        "state": row.state,
        "hold_reason": row.hold_reason,
        "impact": row.impact,
        "urgency": row.urgency,
        "priority": priority(before, row, names),
        "category": row.category,
        "subcategory": row.subcategory,
        "channel": row.channel,
        "location": row.location,
        "caller_id": person(&row.caller).map(|id| json!(id)).or_else(|| stays("caller_id")).unwrap_or_else(|| json!(names.somebody(row))),
        "opened_by": recorder.map(|person| json!(names.person(person))).or_else(|| stays("opened_by")).unwrap_or_else(|| json!(names.somebody(row))),
        "assignment_group": row.group.as_deref().map(|team| names.team(team)),
        "assigned_to": person(&row.assigned_to),
        "opened_at": opened_at.or_else(|| stays("opened_at")).unwrap_or_else(|| json!(value::json(row.created_at.unwrap_or(row.updated_at)))),
        "resolved_at": resolved_at,
        "closed_at": closed_at,
        "close_code": row.close_code.as_ref().filter(|_| row.is_over()),
        "custom": custom(before, row, names, version),
        "version": version,
        "updated_at": value::json(row.updated_at),
    }) else {
        return Ticket::new();
    };
    fields
}

/// The matrix's priority, looked up only where its inputs change: an edited matrix does not reach back.
fn priority(before: Option<&Ticket>, row: &Row, names: &Names<'_>) -> Value {
    match before {
        Some(before) if (int(before, "impact"), int(before, "urgency")) == (row.impact, row.urgency) => before["priority"].clone(),
        _ => json!(names.matrix.get(&(row.impact, row.urgency))),
    }
}

/// When it was resolved or closed. The log writes the last such time into every version, the earliest too, so it counts only
/// once it has come: not before the version in force until then, and not after this one. Else it was when we saw it happen.
fn reached(before: Option<&Ticket>, row: &Row, field: &str, log: Option<Timestamp>, by: State) -> Value {
    let known = before.map(|before| &before[field]).filter(|known| !known.is_null());
    let earliest = known.or(before.map(|before| &before["updated_at"])).and_then(Value::as_str).unwrap_or_default();
    match (log, known) {
        (Some(log), _) if log <= row.updated_at && value::json(log).as_str() >= earliest => json!(value::json(log)),
        (_, Some(known)) => known.clone(),
        (_, None) if row.state == by => json!(value::json(row.updated_at)),
        (_, None) => Value::Null,
    }
}

/// Where the version comes from, beside whatever else `custom` holds. It is how a later import knows what it has.
fn custom(before: Option<&Ticket>, row: &Row, names: &Names<'_>, version: i64) -> Value {
    let mut source = row.kept.clone();
    source.insert("sys_mod_count".into(), json!(row.sys_mod_count));
    source.insert("versions".into(), json!(version));
    let resolver = row.resolved_by.as_deref().filter(|_| row.is_over());
    for (column, person) in [("sys_created_by", row.created_by.as_deref()), ("resolved_by", resolver)] {
        if let Some(person) = person {
            source.insert(column.into(), json!(names.person(person)));
        }
    }
    let mut custom = before.and_then(|before| before["custom"].as_object().cloned()).unwrap_or_default();
    custom.insert("servicenow".into(), Value::Object(source));
    Value::Object(custom)
}

/// The log has no text, so it says what it has.
fn short_description(row: &Row) -> String {
    let subject: Vec<&str> = [&row.category, &row.subcategory].into_iter().flatten().map(String::as_str).collect();
    let symptom = row.kept.get("u_symptom").and_then(Value::as_str);
    let text = match (subject.is_empty(), symptom) {
        (true, None) => format!("Imported incident {}", row.number),
        (true, Some(symptom)) => symptom.to_owned(),
        (false, None) => subject.join(" / "),
        (false, Some(symptom)) => format!("{} ({symptom})", subject.join(" / ")),
    };
    text.chars().take(160).collect()
}

/// {field: [before, after]} of what differs, as the database's own `changes` has it.
fn changes(before: Option<&Ticket>, after: &Ticket) -> Map<String, Value> {
    let was = |field: &String| before.and_then(|before| before.get(field)).unwrap_or(&Value::Null);
    let changed = after.iter().filter(|(field, value)| !NOT_CHANGES.contains(&field.as_str()) && was(field) != *value);
    changed.map(|(field, value)| (field.clone(), json!([was(field), value]))).collect()
}

pub(super) fn int(ticket: &Ticket, field: &str) -> i64 {
    ticket.get(field).and_then(Value::as_i64).unwrap_or_default()
}
