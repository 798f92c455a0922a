//! The conformance suite of incidents: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod bulk;
mod canary;
mod children;
mod comment;
mod create;
mod get;
mod history;
mod link;
mod list;
mod list_filter;
mod list_rights;
mod list_search;
mod list_shape;
mod merge;
mod restricted;
mod slas;
mod transition;
mod transitions;
mod update;
mod watch;

use serde_json::{Value, json};
use testkit::{Desk, Person};

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

/// Puts somebody on a team.
async fn join(desk: &Desk, team: uuid::Uuid, person: &Person<'_>) {
    desk.execute(&format!("insert into team_members values ('{team}', '{}')", person.id)).await;
}

/// The texts of one member of a page's items.
fn each(page: &Value, member: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}
