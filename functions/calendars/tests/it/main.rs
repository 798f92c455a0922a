//! The conformance suite of calendars: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod create;
mod holidays;
mod update;

use serde_json::{Value, json};
use testkit::Person;

/// A calendar that was added.
async fn added(manager: &Person<'_>, name: &str) -> Value {
    let new = json!({"name": name, "time_zone": "Europe/Berlin", "hours": {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}});
    let reply = manager.post("/v1/calendars", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()
}

/// The path of a calendar.
fn path(calendar: &Value) -> String {
    format!("/v1/calendars/{}", calendar["id"].as_str().unwrap())
}
