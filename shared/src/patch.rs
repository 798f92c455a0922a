//! JSON Merge Patch (RFC 7396).
use serde_json::{Map, Value};

/// The target after the patch; both are objects.
pub fn merged(target: Value, patch: &Map<String, Value>) -> Value {
    let mut target = if let Value::Object(target) = target { target } else { Map::new() };
    for (key, value) in patch {
        match value {
            Value::Null => drop(target.remove(key)),
            Value::Object(inner) => {
                let before = target.remove(key).unwrap_or_default();
                target.insert(key.clone(), merged(before, inner));
            }
            other => drop(target.insert(key.clone(), other.clone())),
        }
    }
    Value::Object(target)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merge_patch_as_in_rfc_7396_appendix_a() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            assert_eq!(merged(target, patch.as_object().unwrap()), result);
        }
    }
}
