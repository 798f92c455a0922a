//! Teams and people that a rule names. Whether they are there, the statement that writes the rule says.
use serde_json::{Value, json};
use uuid::Uuid;

/// What a rule names, in order, as `[{"pointer", "kind", "id"}]`. `rule` is a sound one, or what changes of one.
pub(crate) fn references(rule: &Value) -> Value {
    let mut found = Vec::new();
    compared(&rule["conditions"], "/conditions", &mut found);
    for (at, action) in rule["actions"].as_array().into_iter().flatten().enumerate() {
        let mut name = |member: &str, kind: &str| named(&action[member], &format!("/actions/{at}/{member}"), kind, &mut found);
        match action["do"].as_str() {
            Some("assign") => {
                name("assignment_group", "team");
                name("assigned_to", "user");
            }
            Some("notify") => name("users", "user"),
            _ => {}
        }
    }
    Value::Array(found)
}

/// Of a tree of conditions.
fn compared(tree: &Value, pointer: &str, found: &mut Vec<Value>) {
    match (tree, tree["field"].as_str()) {
        (_, Some("assignment_group" | "restricted_to")) => named(&tree["value"], &format!("{pointer}/value"), "team", found),
        (_, Some("assigned_to" | "caller_id" | "opened_by")) => named(&tree["value"], &format!("{pointer}/value"), "user", found),
        (Value::Array(parts), None) => parts.iter().enumerate().for_each(|(at, part)| compared(part, &format!("{pointer}/{at}"), found)),
        (Value::Object(parts), None) => parts.iter().for_each(|(name, part)| compared(part, &format!("{pointer}/{name}"), found)),
        _ => {}
    }
}

/// One id or a list of them; null and words name nobody.
fn named(value: &Value, pointer: &str, kind: &str, found: &mut Vec<Value>) {
    if let Value::Array(values) = value {
        values.iter().enumerate().for_each(|(at, value)| named(value, &format!("{pointer}/{at}"), kind, found));
    } else if let Some(id) = value.as_str().and_then(|id| Uuid::parse_str(id).ok()) {
        found.push(json!({"pointer": pointer, "kind": kind, "id": id}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f0000-0000-7000-8000-00000000000a";

    #[test]
    fn all_that_is_named_is_found_where_it_stands() {
        let test = |field: &str, op: &str, value: Value| json!({"field": field, "op": op, "value": value});
        let rule = json!({
            "conditions": [
                test("assignment_group", "eq", json!(ID)),
                {"all": [{"not": test("caller_id", "in", json!([ID, ID]))}, test("parent_id", "eq", json!(ID))]},
                {"field": "assigned_to", "op": "is_empty"},
                test("custom.owner", "eq", json!(ID)),
            ],
            "actions": [
                {"do": "assign", "assignment_group": null, "assigned_to": ID},
                {"do": "notify", "users": ["caller", ID], "text": "x"},
                {"do": "set", "fields": {"custom.assigned_to": ID}},
                {"do": "webhook", "webhook": ID},
            ],
        });
        let found: Vec<String> = references(&rule)
            .as_array()
            .unwrap()
            .iter()
            .map(|found| format!("{} {}", found["kind"].as_str().unwrap(), found["pointer"].as_str().unwrap()))
            .collect();
        let expected = [
            "team /conditions/0/value",
            "user /conditions/1/all/0/not/value/0",
            "user /conditions/1/all/0/not/value/1",
            "user /actions/0/assigned_to",
            "user /actions/1/users/1",
        ];
        assert_eq!(found, expected);
        assert_eq!(references(&json!({"active": false})), json!([]));
    }
}
