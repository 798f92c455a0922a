//! The conformance suite of automation: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod actions;
mod claims;
mod dry;
mod event;
mod loops;
mod time;

use serde_json::{Value, json};
use testkit::Person;

/// A rule; its path.
async fn rule(admin: &Person<'_>, name: &str, more: Value) -> String {
    let mut new = json!({"name": name});
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let reply = admin.post("/v1/rules", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    format!("/v1/rules/{}", reply.json()["id"].as_str().unwrap())
}

/// An incident; its path.
async fn raise(agent: &Person<'_>, new: Value) -> String {
    let reply = agent.post("/v1/incidents", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    format!("/v1/incidents/{}", reply.json()["id"].as_str().unwrap())
}

/// The outcomes of a rule's runs with why, the oldest first.
async fn runs(admin: &Person<'_>, rule: &str) -> Vec<String> {
    let page = admin.get(&format!("{rule}/runs?limit=200")).await.json();
    let told =
        |run: &Value| format!("{}{}", run["outcome"].as_str().unwrap(), run["error"].as_str().map(|why| format!(": {why}")).unwrap_or_default());
    page["items"].as_array().unwrap().iter().rev().map(told).collect()
}
