//! The conformance suite of the clocks' job: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod recompute;
mod remind;

use serde_json::{Value, json};
use testkit::Person;

const ALWAYS: &str = "00000000-0000-7000-8000-000000000247";

/// A promise to resolve everything within four hours, and an incident.
async fn promised(manager: &Person<'_>) -> (Value, Value) {
    let new = json!({"name": "four hours", "type": "sla", "metric": "resolution", "goal": {"seconds": 14400}, "calendar_id": ALWAYS});
    let sla = manager.post("/v1/slas", new).await;
    assert_eq!(sla.status, 201, "{}", sla.body);
    let incident = manager.post("/v1/incidents", json!({"short_description": "x"})).await;
    assert_eq!(incident.status, 201, "{}", incident.body);
    (sla.json(), incident.json())
}
