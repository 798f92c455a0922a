//! A rule as the API shows it, and what may be said of one.
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::caller::{self, Answer, Asked};
use shared::db::Param;
use shared::error::{Error, FieldError};
use shared::rules::action::Actions;
use shared::rules::condition::{Condition, Fault};
use shared::rules::event;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that happens by itself.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Rule {
    id: Uuid,
    #[schema(example = "Major outages")]
    name: String,
    description: String,
    /// Rules of one event run in this order, then by id.
    position: i64,
    active: bool,
    /// The verbs of events that it reacts to; null for a rule of time.
    events: Option<Vec<String>>,
    /// For a rule of time, when it comes.
    after: Option<After>,
    /// Each must hold.
    #[schema(value_type = Vec<Object>)]
    conditions: Vec<Value>,
    /// What it does, in order.
    #[schema(value_type = Vec<Object>)]
    actions: Vec<Value>,
    /// The ETag.
    version: i64,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    updated_at: String,
}

/// A page of rules, in their order.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = RulePage)]
pub(crate) struct Page {
    items: Vec<Rule>,
    /// The cursor of the next page, or null.
    next: Option<String>,
}

/// So long after a ticket was opened, last updated, or entered the state that it is in.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleAfter)]
pub(crate) struct After {
    /// 1 to 525,600, which is a year.
    #[schema(minimum = 1, maximum = 525600, example = 60)]
    minutes: i64,
    since: Since,
}

/// From when on time is reckoned.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleSince)]
pub(crate) enum Since {
    Opened,
    Updated,
    State,
}

/// The id in a path; what is none is the id of nothing.
pub(crate) fn id(path: &str) -> Result<Param, Error> {
    path.parse::<Uuid>().map(Param::from).map_err(|_| Error::NotFound)
}

/// 422 unless the whole is a rule that can run. `rule` has the members of [`Rule`].
pub(crate) fn sound(rule: &Value) -> Result<(), Error> {
    if rule["name"].as_str().is_none_or(|name| name.trim().is_empty() || name.chars().count() > 80 || name.contains(char::is_control)) {
        return Err(Error::invalid("/name", "It has 1 to 80 characters, not all blank, and no control characters."));
    }
    if !rule["position"].as_i64().is_some_and(|position| (0..=100_000).contains(&position)) {
        return Err(Error::invalid("/position", "It is from 0 to 100,000."));
    }
    match (&rule["events"], &rule["after"]) {
        (Value::Array(verbs), Value::Null) if (1..=50).contains(&verbs.len()) => {}
        (Value::Array(_), Value::Null) => return Err(Error::invalid("/events", "It has 1 to 50 verbs, for example created.")),
        (Value::Null, Value::Object(after)) if after["minutes"].as_i64().is_some_and(|minutes| (1..=525_600).contains(&minutes)) => {}
        (Value::Null, Value::Object(_)) => return Err(Error::invalid("/after/minutes", "It is from 1 to 525,600.")),
        _ => return Err(Error::invalid("/events", "A rule has either events or after.")),
    }
    Condition::parse_all(&rule["conditions"], "/conditions").map_err(faulty)?;
    Actions::parse(&rule["actions"], "/actions").map_err(faulty)?;
    Ok(())
}

/// 422 where it reacts to what happens to no incident. `rule` is a whole one, or what changes of one: what stood there before is not asked.
pub(crate) fn possible(rule: &Value) -> Result<(), Error> {
    let is_known = |verb: &Value| verb.as_str().is_some_and(|verb| event::INCIDENT.contains(&verb));
    match rule["events"].as_array().and_then(|verbs| verbs.iter().position(|verb| !is_known(verb))) {
        Some(at) => Err(Error::invalid(&format!("/events/{at}"), format!("It is one of {}.", event::INCIDENT.join(", ")))),
        None => Ok(()),
    }
}

fn faulty(fault: Fault) -> Error {
    Error::Invalid(vec![FieldError { pointer: fault.pointer, detail: fault.detail }])
}

/// The outcome, with what the database refused as the field or the conflict that it is; `unknown KIND POINTER` is the statements' own word.
pub(crate) fn explained(outcome: Result<Answer, Asked>) -> Result<Answer, Error> {
    caller::explained(outcome, |constraint| match constraint {
        "rules_name_key" => Some(Error::Conflict("There is a rule of this name.".into())),
        "rules_description_check" => Some(Error::invalid("/description", "It has at most 4,000 characters.")),
        _ => {
            let (kind, pointer) = constraint.strip_prefix("unknown ")?.split_once(' ')?;
            Some(Error::invalid(pointer, format!("There is no such {kind}.")))
        }
    })
}
