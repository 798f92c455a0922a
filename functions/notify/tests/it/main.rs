//! The conformance suite of notify: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod once;
mod rights;
mod tell;
mod trigger;

use serde_json::{Value, json};
use testkit::{Desk, Person};

/// Raises an incident; answers its path.
pub(crate) async fn raised(by: &Person<'_>, new: Value) -> String {
    let reply = by.post("/v1/incidents", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    format!("/v1/incidents/{}", reply.json()["id"].as_str().unwrap())
}

/// What is in somebody's inbox, the oldest first: kind and relation.
pub(crate) async fn inbox(person: &Person<'_>) -> Vec<(String, String)> {
    let reply = person.get("/v1/notifications?limit=200").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    reply.json()["items"].as_array().unwrap().iter().rev().map(|item| (text(item, "kind"), text(item, "relation"))).collect()
}

/// As [`inbox`] has it.
pub(crate) fn told(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(kind, relation)| ((*kind).to_owned(), (*relation).to_owned())).collect()
}

/// A team with these on it.
pub(crate) async fn team(desk: &Desk, name: &str, restricted: bool, members: &[&Person<'_>]) -> String {
    let team = desk.team(name, restricted).await;
    for member in members {
        desk.execute(&format!("insert into team_members (team_id, user_id) values ('{team}', '{}')", member.id)).await;
    }
    team.to_string()
}

/// A step that must work.
pub(crate) async fn step(by: &Person<'_>, path: &str, to: Value) {
    let reply = by.post(&format!("{path}/transitions"), to).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

/// A comment that must work.
pub(crate) async fn say(by: &Person<'_>, path: &str, visibility: &str) {
    let reply = by.post(&format!("{path}/comments"), json!({"body": "What is said.", "visibility": visibility})).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
}
