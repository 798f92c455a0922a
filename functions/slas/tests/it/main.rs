//! The conformance suite of service level definitions: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod create;
mod list;
mod update;

use serde_json::{Value, json};
use testkit::Person;

const ALWAYS: &str = "00000000-0000-7000-8000-000000000247";

/// A definition with these fields beside the usual ones.
fn sla(name: &str, with: &Value) -> Value {
    let mut body = json!({"name": name, "type": "sla", "metric": "resolution", "goal": {"seconds": 14400}, "calendar_id": ALWAYS});
    body.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    body
}

/// One that was added.
async fn added(manager: &Person<'_>, name: &str, with: Value) -> Value {
    let reply = manager.post("/v1/slas", sla(name, &with)).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()
}
