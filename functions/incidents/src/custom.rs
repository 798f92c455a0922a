//! The organisation's own fields: any JSON object, within bounds that every reader of an incident can live with.
use serde_json::Value;
use shared::error::Error;

/// Bytes of JSON, all patches together.
const BYTES: usize = 64 * 1024;
/// Objects and arrays in each other. Whoever parses an incident inside something else (we do) has a limit of its own.
const DEPTH: usize = 32;
/// Postgres writes a number out in full: `1e300` would be 301 digits in every answer.
const FULL: std::ops::Range<f64> = 1e-15..1e15;

/// 422 for what is too large, too deep, or a number that is better sent as a text.
pub(crate) fn check(custom: &Value) -> Result<(), Error> {
    let invalid = |detail: &str| Err(Error::invalid("/custom", detail));
    match () {
        () if custom.to_string().len() > BYTES => invalid("It has at most 65,536 bytes."),
        () if !is_within(custom, DEPTH) => invalid("It nests at most 32 levels."),
        () if !is_short(custom) => invalid("Send numbers of more than 15 digits as texts."),
        () => Ok(()),
    }
}

fn is_within(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => depth > 0 && items.iter().all(|item| is_within(item, depth - 1)),
        Value::Object(fields) => depth > 0 && fields.values().all(|field| is_within(field, depth - 1)),
        _ => true,
    }
}

fn is_short(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_short),
        Value::Object(fields) => fields.values().all(is_short),
        Value::Number(number) => !number.is_f64() || number.as_f64().is_some_and(|number| number == 0.0 || FULL.contains(&number.abs())),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn large_deep_and_long_ones_are_refused() {
        let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!({"x": [inner]}));
        for fine in [json!({}), json!({"a": [1, -2.5, 0.0, 9_007_199_254_740_993_i64, null]}), nested(16), json!({"a": "x".repeat(65_000)})] {
            assert!(check(&fine).is_ok(), "{fine}");
        }
        for refused in [nested(17), json!({"a": "x".repeat(66_000)}), json!({"a": [1e300]}), json!({"a": -1e-300}), json!({"a": 1e15})] {
            assert!(matches!(check(&refused), Err(Error::Invalid(_))), "{refused}");
        }
    }
}
