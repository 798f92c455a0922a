//! What a change of an incident does to its fields: pure, so that every home, the import and the tests share it.
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::lifecycle::{HoldReason, State};

/// The facts of an incident that rules decide by.
#[derive(Debug, Clone, Deserialize)]
pub struct Current {
    /// Where it stands.
    pub state: State,
    /// The team it is with.
    pub assignment_group: Option<String>,
    /// Who works on it.
    pub assigned_to: Option<String>,
    /// How often it changed teams.
    pub reassignment_count: i64,
    /// How often it was reopened.
    pub reopen_count: i64,
    /// Who resolved it, if they can still work on it: a reopened incident that is nobody's goes back to them.
    #[serde(default)]
    pub resolver: Option<String>,
}

/// What a transition asks for.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// The state to go to.
    pub to: State,
    /// Needed for `on_hold`.
    pub hold_reason: Option<HoldReason>,
    /// Needed for `resolved`: how it was solved, at most 80 characters.
    #[schema(max_length = 80)]
    pub close_code: Option<String>,
    /// Needed for `resolved`: what was done.
    pub close_notes: Option<String>,
    /// A public comment; needed for `on_hold` where `hold_reason` is `caller`.
    pub comment: Option<String>,
    /// The team, where it has none yet or goes to another.
    pub assignment_group: Option<uuid::Uuid>,
    /// The person.
    pub assigned_to: Option<uuid::Uuid>,
}

/// Why a transition is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The lifecycle has no such arrow.
    NotAllowed,
    /// A field is missing: its name, and what to do.
    Missing(&'static str, String),
}

impl Transition {
    /// The columns to set, at `now` (RFC 3339), or why not.
    pub fn apply(&self, current: &Current, now: &str) -> Result<Map<String, Value>, Refused> {
        if !current.state.targets().contains(&self.to) {
            return Err(Refused::NotAllowed);
        }
        self.complete(current)?;
        let mut set = Map::new();
        set.insert("state".into(), json!(self.to));
        set.insert("hold_reason".into(), json!(if self.to == State::OnHold { self.hold_reason } else { None }));
        if let Some(group) = &self.assignment_group {
            set.insert("assignment_group".into(), json!(group));
        }
        if let Some(assignee) = &self.assigned_to {
            set.insert("assigned_to".into(), json!(assignee));
        }
        match self.to {
            State::Resolved => {
                set.insert("resolved_at".into(), json!(now));
                set.insert("close_code".into(), json!(self.close_code));
                set.insert("close_notes".into(), json!(self.close_notes));
            }
            State::Closed | State::Canceled => {
                set.insert("closed_at".into(), json!(now));
            }
            State::InProgress if current.state == State::Resolved => {
                set.insert("reopen_count".into(), json!(current.reopen_count + 1));
                for column in ["resolved_at", "close_code", "close_notes"] {
                    set.insert(column.into(), Value::Null);
                }
                if let (Some(resolver), None) = (&current.resolver, self.value("assignment_group", current).or(self.value("assigned_to", current))) {
                    set.insert("assigned_to".into(), json!(resolver));
                }
            }
            State::New | State::InProgress | State::OnHold => {}
        }
        count_reassignment(current, &mut set);
        Ok(set)
    }

    /// Whether it also says who works on it.
    pub fn assigns(&self) -> bool {
        self.assignment_group.is_some() || self.assigned_to.is_some()
    }

    /// Each requirement of the target, met by the request or by the ticket.
    fn complete(&self, current: &Current) -> Result<(), Refused> {
        for requirement in current.state.step_requires(self.to) {
            let applies = requirement.when.is_none_or(|when| self.value(when.field, current).as_deref() == Some(when.is));
            if applies && !requirement.any_of.iter().any(|field| self.value(field, current).is_some_and(|value| !value.trim().is_empty())) {
                let detail = format!("{} needs {}.", self.to.name(), requirement.any_of.join(" or "));
                return Err(Refused::Missing(requirement.any_of[0], detail));
            }
        }
        Ok(())
    }

    fn value(&self, field: &str, current: &Current) -> Option<String> {
        match field {
            "hold_reason" => self.hold_reason.and_then(|reason| Some(serde_json::to_value(reason).ok()?.as_str()?.to_owned())),
            "close_code" => self.close_code.clone(),
            "close_notes" => self.close_notes.clone(),
            "comment" => self.comment.clone(),
            "assignment_group" => self.assignment_group.map(|id| id.to_string()).or_else(|| current.assignment_group.clone()),
            "assigned_to" => self.assigned_to.map(|id| id.to_string()).or_else(|| current.assigned_to.clone()),
            _ => None,
        }
    }
}

/// What a short description is: lists, subjects of mails and CSV show it in one line.
pub const A_LINE: &str = "It has 1 to 160 characters, in one line, and is not blank.";

/// Whether a text can be that. Its length is the schema's to check.
pub fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control)
}

/// A change of the team after creation counts, to and from none included.
pub fn count_reassignment(current: &Current, set: &mut Map<String, Value>) {
    let Some(group) = set.get("assignment_group") else { return };
    if group.as_str() != current.assignment_group.as_deref() {
        set.insert("reassignment_count".into(), json!(current.reassignment_count + 1));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn current(state: State) -> Current {
        Current { state, assignment_group: None, assigned_to: None, reassignment_count: 0, reopen_count: 0, resolver: None }
    }

    fn to(state: State) -> Transition {
        Transition { to: state, hold_reason: None, close_code: None, close_notes: None, comment: None, assignment_group: None, assigned_to: None }
    }

    fn any_state() -> impl Strategy<Value = State> {
        prop::sample::select(State::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn nothing_moves_but_along_the_table(from in any_state(), target in any_state()) {
            let full = Transition {
                hold_reason: Some(HoldReason::Vendor),
                close_code: Some("solved".into()),
                close_notes: Some("done".into()),
                assigned_to: Some(uuid::Uuid::nil()),
                ..to(target)
            };
            let outcome = full.apply(&current(from), "2026-01-01T00:00:00Z");
            prop_assert_eq!(outcome.is_ok(), from.targets().contains(&target));
        }

        #[test]
        fn a_reopening_is_counted_and_nothing_else_is(from in any_state(), count in 0..9_i64) {
            let before = Current { reopen_count: count, assigned_to: Some("x".into()), ..current(from) };
            if let Ok(set) = to(State::InProgress).apply(&before, "2026-01-01T00:00:00Z") {
                let after = set.get("reopen_count").and_then(Value::as_i64).unwrap_or(count);
                prop_assert_eq!(after, count + i64::from(from == State::Resolved));
            }
        }
    }

    #[test]
    fn each_missing_field_is_named() {
        let missing = |transition: Transition, from| match transition.apply(&current(from), "") {
            Err(Refused::Missing(field, _)) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(missing(to(State::InProgress), State::New), "assignment_group");
        assert_eq!(missing(to(State::OnHold), State::New), "hold_reason");
        assert_eq!(missing(Transition { hold_reason: Some(HoldReason::Caller), ..to(State::OnHold) }, State::New), "comment");
        assert_eq!(missing(to(State::Resolved), State::New), "close_code");
        let blank = Transition { close_code: Some("solved".into()), close_notes: Some("  ".into()), ..to(State::Resolved) };
        assert_eq!(missing(blank, State::New), "close_notes");
    }

    #[test]
    fn a_reopened_incident_that_is_nobodys_goes_back_to_its_resolver() {
        let resolved = |assigned: Option<&str>, resolver: Option<&str>| Current {
            assigned_to: assigned.map(str::to_owned),
            resolver: resolver.map(str::to_owned),
            ..current(State::Resolved)
        };
        for (assigned, resolver, set) in [(None, Some("r"), Some("r")), (Some("a"), Some("r"), None), (None, None, None)] {
            let reopened = to(State::InProgress).apply(&resolved(assigned, resolver), "").unwrap();
            assert_eq!(reopened.get("assigned_to").and_then(Value::as_str), set);
        }
    }

    #[test]
    fn a_change_of_team_counts_to_and_from_none() {
        let with = |group: Option<&str>| Current { assignment_group: group.map(str::to_owned), ..current(State::New) };
        for (before, after, counted) in [
            (None, json!("a"), true),
            (Some("a"), json!("b"), true),
            (Some("a"), Value::Null, true),
            (Some("a"), json!("a"), false),
            (None, Value::Null, false),
        ] {
            let mut set = Map::from_iter([("assignment_group".to_owned(), after)]);
            count_reassignment(&with(before), &mut set);
            assert_eq!(set.contains_key("reassignment_count"), counted, "{before:?} {set:?}");
        }
    }
}
