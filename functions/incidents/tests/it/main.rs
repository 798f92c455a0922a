//! The conformance suite of incidents: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod create;
mod get;
mod history;
mod list;
mod transition;
mod transitions;
mod update;

use serde_json::{Value, json};
use testkit::Person;

/// An incident that this person raised.
async fn raised(by: &Person<'_>, short_description: &str) -> Value {
    let reply = by.post("/v1/incidents", json!({"short_description": short_description})).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()
}

/// The path of an incident.
fn path(incident: &Value) -> String {
    format!("/v1/incidents/{}", incident["id"].as_str().unwrap())
}
