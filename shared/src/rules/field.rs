//! A ticket's fields, as automation knows them: what each can hold, and which of them a rule may set.
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// What a field can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything written, of so many characters.
    Text,
    /// A whole number between these two.
    Integer(i64, i64),
    /// True or false.
    Bool,
    /// Of a user, team or ticket.
    Id,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// RFC 3339.
    Time,
    /// The organisation's own: any JSON but an object.
    Any,
}

const STATES: &[&str] = &["new", "in_progress", "on_hold", "resolved", "closed", "canceled"];
const REASONS: &[&str] = &["caller", "problem", "change", "vendor", "evidence"];
const CHANNELS: &[&str] = &["phone", "email", "portal", "api", "monitoring"];
/// Characters of a text that is compared or set.
const LONGEST: usize = 4000;

/// Name, kind, whether a rule may set it, whether it may be empty.
const FIELDS: &[(&str, Kind, bool, bool)] = &[
    ("short_description", Kind::Text, true, false),
    ("description", Kind::Text, true, false),
    ("state", Kind::Choice(STATES), false, false),
    ("hold_reason", Kind::Choice(REASONS), false, true),
    ("impact", Kind::Integer(1, 3), true, false),
    ("urgency", Kind::Integer(1, 3), true, false),
    ("priority", Kind::Integer(1, 5), false, false),
    ("category", Kind::Text, true, true),
    ("subcategory", Kind::Text, true, true),
    ("channel", Kind::Choice(CHANNELS), true, false),
    ("location", Kind::Text, true, true),
    ("caller_id", Kind::Id, false, false),
    ("opened_by", Kind::Id, false, false),
    ("assignment_group", Kind::Id, false, true),
    ("assigned_to", Kind::Id, false, true),
    ("parent_id", Kind::Id, false, true),
    ("restricted_to", Kind::Id, false, true),
    ("major", Kind::Bool, true, false),
    ("close_code", Kind::Text, false, true),
    ("reassignment_count", Kind::Integer(0, i64::MAX), false, false),
    ("reopen_count", Kind::Integer(0, i64::MAX), false, false),
    ("opened_at", Kind::Time, false, false),
    ("updated_at", Kind::Time, false, false),
    ("resolved_at", Kind::Time, false, true),
    ("due_at", Kind::Time, false, true),
];

/// What the field of this name can hold; none where there is no such field.
pub fn kind(name: &str) -> Option<Kind> {
    match name.strip_prefix("custom.") {
        Some(own) => (1..=80).contains(&own.chars().count()).then_some(Kind::Any),
        None => FIELDS.iter().find(|(field, ..)| *field == name).map(|(_, kind, ..)| *kind),
    }
}

/// Whether a rule may set this field to this value, or why not. State, assignment, restriction and people have actions of their own, or none.
pub fn settable(name: &str, value: &Value) -> Result<(), String> {
    let kind = kind(name).ok_or("There is no such field of a ticket.")?;
    let known = FIELDS.iter().find(|(field, ..)| *field == name);
    match known {
        Some((_, _, false, _)) => Err("A rule does not set this field.".into()),
        Some((_, _, true, true)) | None if value.is_null() => Ok(()),
        _ => kind.check(value),
    }
}

impl Kind {
    /// Whether it can hold this, or what it holds.
    pub fn check(self, value: &Value) -> Result<(), String> {
        let text = value.as_str();
        let fits = match self {
            Self::Text => text.is_some_and(|text| text.chars().count() <= LONGEST && !text.contains('\0')),
            Self::Integer(from, to) => value.as_i64().is_some_and(|number| (from..=to).contains(&number)),
            Self::Bool => value.is_boolean(),
            Self::Id => text.is_some_and(|text| Uuid::parse_str(text).is_ok()),
            Self::Choice(words) => text.is_some_and(|text| words.contains(&text)),
            Self::Time => text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
            Self::Any => match value {
                Value::String(text) => text.chars().count() <= LONGEST && !text.contains('\0'),
                Value::Number(number) => {
                    number.as_i64().is_some() || number.as_f64().is_some_and(|number| number.abs() < 1e15 && (number == 0.0 || number.abs() > 1e-15))
                }
                Value::Bool(_) => true,
                Value::Null | Value::Array(_) | Value::Object(_) => false,
            },
        };
        if fits { Ok(()) } else { Err(self.expected()) }
    }

    fn expected(self) -> String {
        match self {
            Self::Text => format!("It is a text of at most {LONGEST} characters."),
            Self::Integer(from, i64::MAX) => format!("It is a whole number from {from}."),
            Self::Integer(from, to) => format!("It is a whole number from {from} to {to}."),
            Self::Bool => "It is true or false.".into(),
            Self::Id => "It is a UUID.".into(),
            Self::Choice(words) => format!("It is one of {}.", words.join(", ")),
            Self::Time => "It is a time (RFC 3339).".into(),
            Self::Any => "It is a text, a number of at most 15 digits, true or false.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lifecycle::State;
    use super::*;
    use serde_json::json;

    #[test]
    fn the_states_are_those_of_the_lifecycle() {
        assert_eq!(STATES, State::ALL.map(State::name));
    }

    #[test]
    fn people_states_and_restrictions_are_not_set() {
        for not in ["state", "caller_id", "restricted_to", "assigned_to", "priority", "opened_at", "colour"] {
            assert!(settable(not, &json!(null)).is_err(), "{not}");
        }
        for (field, value) in
            [("impact", json!(1)), ("category", json!(null)), ("major", json!(true)), ("custom.site", json!("B")), ("custom.site", json!(null))]
        {
            assert!(settable(field, &value).is_ok(), "{field}");
        }
        for (field, value) in [("impact", json!(4)), ("impact", json!(null)), ("short_description", json!(null)), ("custom.site", json!({"a": 1}))] {
            assert!(settable(field, &value).is_err(), "{field}");
        }
    }
}
