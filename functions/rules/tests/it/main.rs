//! The conformance suite of rules: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod create;
mod list;
mod update;

use serde_json::{Value, json};

/// The id of nobody and of no team.
const UNKNOWN: &str = "018f0000-0000-7000-8000-00000000000a";

/// A rule that does next to nothing.
fn small(name: &str) -> Value {
    json!({"name": name, "events": ["created"], "actions": [{"do": "set", "fields": {"impact": 1}}]})
}
