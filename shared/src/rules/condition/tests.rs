use proptest::prelude::*;

use super::*;

fn holds(condition: &Value, ticket: &Value, changes: &Value) -> bool {
    let condition = Condition::parse(condition, "").unwrap();
    condition.holds(Facts { ticket, changes: changes.as_object().unwrap() })
}

fn fault(condition: &Value) -> String {
    Condition::parse(condition, "/condition").unwrap_err().pointer
}

#[test]
fn each_operator() {
    let ticket = json!({"priority": 2, "state": "new", "short_description": "Mail is DOWN", "assigned_to": null, "location": " ", "major": true,
                        "opened_at": "2026-11-24T10:00:00+00:00", "custom": {"site": "B", "tags": ["vip", 3], "load": 0.5}});
    let changes = json!({"state": ["in_progress", "new"], "custom": [{"site": "A", "load": 0.5}, {"site": "B", "load": 0.5}]});
    for (field, op, value, expected) in [
        ("priority", "eq", json!(2), true),
        ("priority", "ne", json!(2), false),
        ("priority", "lt", json!(3), true),
        ("priority", "lt", json!(2), false),
        ("priority", "le", json!(2), true),
        ("priority", "gt", json!(1), true),
        ("priority", "ge", json!(3), false),
        ("state", "in", json!(["new", "on_hold"]), true),
        ("state", "in", json!(["on_hold"]), false),
        ("state", "changed", json!(null), true),
        ("priority", "changed", json!(null), false),
        ("assigned_to", "is_empty", json!(null), true),
        ("location", "is_empty", json!(null), true),
        ("major", "is_empty", json!(null), false),
        ("major", "eq", json!(true), true),
        ("short_description", "contains", json!("down"), true),
        ("short_description", "contains", json!("up"), false),
        ("assigned_to", "ne", json!("018f0000-0000-7000-8000-000000000000"), true),
        ("opened_at", "lt", json!("2026-11-24T10:00:01Z"), true),
        ("opened_at", "eq", json!("2026-11-24T11:00:00+01:00"), true),
        ("resolved_at", "gt", json!("2026-11-24T10:00:01Z"), false),
        ("custom.site", "changed", json!(null), true),
        ("custom.load", "changed", json!(null), false),
        ("custom.load", "lt", json!(1), true),
        ("custom.tags", "contains", json!("vip"), true),
        ("custom.nothing", "is_empty", json!(null), true),
    ] {
        let condition = json!({"field": field, "op": op, "value": value});
        assert_eq!(holds(&condition, &ticket, &changes), expected, "{condition}");
    }
}

#[test]
fn what_is_wrong_is_pointed_at() {
    let deep = |levels: usize| (1..levels).fold(json!({"all": []}), |inner, _| json!({"all": [inner]}));
    assert!(Condition::parse(&deep(5), "").is_ok());
    assert_eq!(fault(&deep(6)), "/condition/all/0/all/0/all/0/all/0/all/0");
    assert!(Condition::parse(&json!({"all": vec![json!({"any": []}); 49]}), "").is_ok());
    assert_eq!(fault(&json!({"all": vec![json!({"any": []}); 50]})), "/condition/all/49");
    for (pointer, condition) in [
        ("/condition", json!(null)),
        ("/condition", json!([])),
        ("/condition", json!({})),
        ("/condition", json!({"all": [], "any": []})),
        ("/condition", json!({"field": "state", "op": "eq", "value": "new", "more": 1})),
        ("/condition/all", json!({"all": {}})),
        ("/condition/any/1/field", json!({"any": [{"all": []}, {"field": "colour", "op": "eq", "value": 1}]})),
        ("/condition/not/op", json!({"not": {"field": "state", "op": "lt", "value": "new"}})),
        ("/condition/op", json!({"field": "state"})),
        ("/condition/value", json!({"field": "state", "op": "eq", "value": "done"})),
        ("/condition/value", json!({"field": "state", "op": "eq"})),
        ("/condition/value", json!({"field": "priority", "op": "eq", "value": "1"})),
        ("/condition/value", json!({"field": "caller_id", "op": "eq", "value": "me"})),
        ("/condition/value", json!({"field": "opened_at", "op": "lt", "value": "yesterday"})),
        ("/condition/value", json!({"field": "state", "op": "changed", "value": "new"})),
        ("/condition/value", json!({"field": "state", "op": "in", "value": []})),
        ("/condition/value/1", json!({"field": "state", "op": "in", "value": ["new", "x"]})),
        ("/condition/field", json!({"field": "custom.", "op": "is_empty"})),
    ] {
        assert_eq!(fault(&condition), pointer, "{condition}");
    }
}

fn test() -> impl Strategy<Value = Value> {
    prop_oneof![
        (1_i64..6, prop_oneof!["eq", "ne", "lt", "le", "gt", "ge"]).prop_map(|(value, op)| json!({"field": "priority", "op": op, "value": value})),
        prop_oneof!["new", "on_hold", "closed"].prop_map(|value| json!({"field": "state", "op": "in", "value": [value]})),
        "[a-c]{0,2}".prop_map(|value| json!({"field": "short_description", "op": "contains", "value": value})),
        Just(json!({"field": "location", "op": "is_empty"})),
        Just(json!({"field": "state", "op": "changed"})),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    test().prop_recursive(3, 20, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({"all": parts})),
            proptest::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({"any": parts})),
            inner.prop_map(|part| json!({"not": part})),
        ]
    })
}

fn ticket() -> impl Strategy<Value = Value> {
    (1_i64..6, prop_oneof!["new", "on_hold", "closed"], "[a-c]{0,3}", any::<bool>()).prop_map(|(priority, state, text, somewhere)| {
        json!({"priority": priority, "state": state, "short_description": text, "location": somewhere.then_some("here")})
    })
}

proptest! {
    #[test]
    fn an_explanation_says_what_holds(tree in tree(), ticket in ticket(), moved: bool) {
        let condition = Condition::parse(&tree, "").unwrap();
        let changes = if moved { json!({"state": [null, null]}) } else { json!({}) };
        let facts = Facts { ticket: &ticket, changes: changes.as_object().unwrap() };
        prop_assert_eq!(&condition.explained(facts)["holds"], &json!(condition.holds(facts)));
    }

    #[test]
    fn de_morgan(a in tree(), b in tree(), ticket in ticket()) {
        let judge = |tree: &Value| {
            let parts: Vec<Condition> = tree["parts"].as_array().unwrap().iter().map(|part| Condition::parse(part, "").unwrap()).collect();
            let not = |condition: Condition| Condition::Not(condition.into());
            let facts = Facts { ticket: &ticket, changes: &Map::new() };
            let left = not(Condition::All(parts.clone())).holds(facts);
            let right = Condition::Any(parts.into_iter().map(not).collect()).holds(facts);
            (left, right)
        };
        let (left, right) = judge(&json!({"parts": [a, b]}));
        prop_assert_eq!(left, right);
    }

    /// Whatever is sent, it is read or refused; what is read is judged.
    #[test]
    fn anything_is_read_or_refused(text in r#"[{}\[\]",:a-z0-9 ]{0,60}"#, ticket in ticket()) {
        if let Ok(value) = serde_json::from_str::<Value>(&text)
            && let Ok(condition) = Condition::parse(&value, "") {
            condition.holds(Facts { ticket: &ticket, changes: &Map::new() });
        }
    }
}
