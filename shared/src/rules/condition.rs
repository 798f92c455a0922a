//! Conditions of automation: a tree of `all`, `any` and `not` over tests of a ticket's fields. Pure; what a tree may hold is checked when it is
//! read, so that judging one never fails.
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::field::{Kind, kind};

/// Levels of a tree, and tests and groups in it.
const DEPTH: usize = 5;
const NODES: usize = 50;
/// Values of one `in`.
const VALUES: usize = 100;

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Each of them; an empty one holds.
    All(Vec<Condition>),
    /// One of them; an empty one does not hold.
    Any(Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// One field.
    Test(Test),
}

/// A field, an operator, and what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    field: String,
    op: Op,
    value: Value,
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Eq,
    Ne,
    In,
    IsEmpty,
    Lt,
    Le,
    Gt,
    Ge,
    Changed,
    Contains,
}

const OPS: [(&str, Op); 10] = [
    ("eq", Op::Eq),
    ("ne", Op::Ne),
    ("in", Op::In),
    ("is_empty", Op::IsEmpty),
    ("lt", Op::Lt),
    ("le", Op::Le),
    ("gt", Op::Gt),
    ("ge", Op::Ge),
    ("changed", Op::Changed),
    ("contains", Op::Contains),
];

/// What is wrong, and where (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Into the document that was read.
    pub pointer: String,
    /// What to put there instead.
    pub detail: String,
}

impl Fault {
    /// One fault.
    pub fn at(pointer: &str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), detail: detail.into() }
    }
}

/// What a condition is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The ticket, as the API shows it.
    pub ticket: &'a Value,
    /// What the event changed, field by field; nothing where time was the occasion.
    pub changes: &'a Map<String, Value>,
}

impl Condition {
    /// Reads a tree; `pointer` is where it stands in its document.
    pub fn parse(value: &Value, pointer: &str) -> Result<Self, Fault> {
        let mut left = NODES;
        node(value, pointer, DEPTH, &mut left)
    }

    /// Reads a list, each of which must hold; `pointer` is where it stands in its document.
    pub fn parse_all(list: &Value, pointer: &str) -> Result<Self, Fault> {
        let (items, mut left) = (list.as_array().ok_or_else(|| Fault::at(pointer, "It is a list of conditions."))?, NODES);
        items.iter().enumerate().map(|(at, item)| node(item, &format!("{pointer}/{at}"), DEPTH, &mut left)).collect::<Result<_, _>>().map(Self::All)
    }

    /// Whether it holds.
    pub fn holds(&self, facts: Facts<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
            Self::Test(test) => test.holds(facts),
        }
    }

    /// The tree with `holds` in each part, and in each test the field's value.
    pub fn explained(&self, facts: Facts<'_>) -> Value {
        let all = |parts: &[Self]| parts.iter().map(|part| part.explained(facts)).collect::<Value>();
        let mut explained = match self {
            Self::All(parts) => json!({"all": all(parts)}),
            Self::Any(parts) => json!({"any": all(parts)}),
            Self::Not(part) => json!({"not": part.explained(facts)}),
            Self::Test(test) => json!({"field": test.field, "op": test.op.name(), "value": test.value, "found": found(facts.ticket, &test.field)}),
        };
        explained["holds"] = self.holds(facts).into();
        explained
    }
}

fn node(value: &Value, pointer: &str, depth: usize, left: &mut usize) -> Result<Condition, Fault> {
    *left = left.checked_sub(1).ok_or_else(|| Fault::at(pointer, format!("A condition has at most {NODES} parts.")))?;
    let depth = depth.checked_sub(1).ok_or_else(|| Fault::at(pointer, format!("A condition has at most {DEPTH} levels.")))?;
    let shape = || Fault::at(pointer, r#"It is {"all": [...]}, {"any": [...]}, {"not": {...}} or {"field": ..., "op": ..., "value": ...}."#);
    let members = value.as_object().ok_or_else(shape)?;
    let mut parts = |name: &str| -> Result<Vec<Condition>, Fault> {
        let parts = members[name].as_array().ok_or_else(|| Fault::at(&format!("{pointer}/{name}"), "It is a list of conditions."))?;
        parts.iter().enumerate().map(|(at, part)| node(part, &format!("{pointer}/{name}/{at}"), depth, left)).collect()
    };
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    match names[..] {
        ["all"] => parts("all").map(Condition::All),
        ["any"] => parts("any").map(Condition::Any),
        ["not"] => node(&members["not"], &format!("{pointer}/not"), depth, left).map(|part| Condition::Not(part.into())),
        _ if names.contains(&"field") && names.iter().all(|name| ["field", "op", "value"].contains(name)) => {
            Test::parse(members, pointer).map(Condition::Test)
        }
        _ => Err(shape()),
    }
}

impl Op {
    fn name(self) -> &'static str {
        OPS.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }

    /// Whether it says anything about fields of this kind.
    fn suits(self, kind: Kind) -> bool {
        match self {
            Self::Lt | Self::Le | Self::Gt | Self::Ge => matches!(kind, Kind::Integer(..) | Kind::Time | Kind::Any),
            Self::Contains => matches!(kind, Kind::Text | Kind::Any),
            _ => true,
        }
    }
}

impl Test {
    fn parse(members: &Map<String, Value>, pointer: &str) -> Result<Self, Fault> {
        let field = members["field"].as_str().unwrap_or_default();
        let kind = kind(field).ok_or_else(|| Fault::at(&format!("{pointer}/field"), "There is no such field of a ticket."))?;
        let word = members.get("op").and_then(Value::as_str).unwrap_or_default();
        let known = OPS.iter().find(|(name, op)| *name == word && op.suits(kind)).map(|(_, op)| *op);
        let op = known.ok_or_else(|| Fault::at(&format!("{pointer}/op"), "There is no such operator for this field."))?;
        let value = members.get("value").unwrap_or(&Value::Null);
        let at = format!("{pointer}/value");
        match (op, value) {
            (Op::IsEmpty | Op::Changed, Value::Null) => {}
            (Op::IsEmpty | Op::Changed, _) => return Err(Fault::at(&at, "This operator takes no value.")),
            (Op::In, Value::Array(values)) if (1..=VALUES).contains(&values.len()) => {
                values.iter().enumerate().try_for_each(|(n, value)| kind.check(value).map_err(|detail| Fault::at(&format!("{at}/{n}"), detail)))?;
            }
            (Op::In, _) => return Err(Fault::at(&at, format!("It is a list of 1 to {VALUES} values."))),
            (_, value) => kind.check(value).map_err(|detail| Fault::at(&at, detail))?,
        }
        Ok(Self { field: field.to_owned(), op, value: value.clone() })
    }

    fn holds(&self, facts: Facts<'_>) -> bool {
        let found = found(facts.ticket, &self.field);
        match self.op {
            Op::Eq => same(found, &self.value),
            Op::Ne => !same(found, &self.value),
            Op::In => self.value.as_array().is_some_and(|values| values.iter().any(|value| same(found, value))),
            Op::IsEmpty => is_empty(found),
            Op::Lt => order(found, &self.value).is_some_and(std::cmp::Ordering::is_lt),
            Op::Le => order(found, &self.value).is_some_and(std::cmp::Ordering::is_le),
            Op::Gt => order(found, &self.value).is_some_and(std::cmp::Ordering::is_gt),
            Op::Ge => order(found, &self.value).is_some_and(std::cmp::Ordering::is_ge),
            Op::Changed => changed(facts.changes, &self.field),
            Op::Contains => contains(found, &self.value),
        }
    }
}

/// A field's value; null where there is none.
fn found<'a>(ticket: &'a Value, field: &str) -> &'a Value {
    match field.strip_prefix("custom.") {
        Some(name) => &ticket["custom"][name],
        None => &ticket[field],
    }
}

/// Whether an event changed the field. Of `custom` the event says what all of it was and is.
fn changed(changes: &Map<String, Value>, field: &str) -> bool {
    match field.strip_prefix("custom.") {
        Some(name) => changes.get("custom").is_some_and(|pair| pair[0][name] != pair[1][name]),
        None => changes.contains_key(field),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Numbers by their value, times by their instant, all else as it is.
fn same(a: &Value, b: &Value) -> bool {
    a == b || order(a, b).is_some_and(std::cmp::Ordering::is_eq)
}

fn order(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        (Value::String(a), Value::String(b)) => Some(a.parse::<Timestamp>().ok()?.cmp(&b.parse().ok()?)),
        _ => None,
    }
}

/// A text within a text, whatever the case; a value within a list.
fn contains(found: &Value, sought: &Value) -> bool {
    match (found, sought) {
        (Value::String(text), Value::String(part)) => text.to_lowercase().contains(&part.to_lowercase()),
        (Value::Array(items), sought) => items.iter().any(|item| same(item, sought)),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
