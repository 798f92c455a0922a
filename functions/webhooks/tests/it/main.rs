//! The conformance suite of webhooks: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod create;
mod deliveries;
mod list;
mod once;
mod update;

use serde_json::json;
use testkit::Person;

/// A webhook; its path.
async fn made(admin: &Person<'_>) -> String {
    let reply = admin.post("/v1/webhooks", json!({"url": "https://example.com/hook"})).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    format!("/v1/webhooks/{}", reply.json()["id"].as_str().unwrap())
}
