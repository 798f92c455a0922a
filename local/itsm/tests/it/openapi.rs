//! `docs/openapi.json` is what the functions say of themselves.
use std::collections::HashSet;

use serde_json::Value;

#[test]
fn the_committed_document_is_current() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json")).unwrap();
    assert!(committed == itsm::openapi::json(), "docs/openapi.json is stale: run `cargo xtask sync`");
}

#[test]
fn the_lifecycle_in_the_docs_is_the_one_in_the_code() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ARCHITECTURE.md")).unwrap();
    let drawn = shared::rules::lifecycle::diagram();
    assert!(page.contains(&drawn), "docs/ARCHITECTURE.md should draw:\n{drawn}");
}

/// Every answer is described: what it means, its body if it has one, the request's id; and a refusal is a problem.
#[test]
fn every_answer_of_every_route_is_described() {
    let document = serde_json::to_value(itsm::openapi::document()).unwrap();
    let resolve =
        |part: &Value| part["$ref"].as_str().map_or(part.clone(), |at| document.pointer(&at[1..]).unwrap_or_else(|| panic!("{at}")).clone());
    let mut ids = HashSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(ids.insert(operation["operationId"].clone()), "{method} {path}: its operationId is another's too");
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{method} {path} has no summary");
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let answer = resolve(answer);
                let what = format!("{method} {path} {status}");
                assert!(!answer["description"].as_str().unwrap().is_empty(), "{what}");
                assert!(answer["headers"].get("X-Request-Id").is_some(), "{what}");
                let content = answer["content"].as_object().map(|content| content.keys().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default();
                match status.as_bytes()[0] {
                    b'4' | b'5' => {
                        assert_eq!(content, ["application/problem+json"], "{what}");
                        let problem = &answer["content"]["application/problem+json"];
                        assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{what}");
                        assert_eq!(problem["example"]["status"].to_string(), *status, "{what}");
                    }
                    _ => assert_eq!(content.is_empty(), matches!(status.as_str(), "204" | "304"), "{what}"),
                }
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(part: &'a Value, found: &mut Vec<&'a str>) {
        match part {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = serde_json::to_value(itsm::openapi::document()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    let lost: Vec<_> = found.iter().filter(|at| document.pointer(at.trim_start_matches('#')).is_none()).collect();
    assert!(lost.is_empty(), "name them in components(schemas(...)) of their function: {lost:?}");
}
