//! The conformance suite of users: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod create;
mod erase;
mod export;
mod get;
mod list;
mod update;

use serde_json::{Map, Value};
use testkit::{Desk, Person};

const ROLES: [&str; 5] = ["requester", "agent", "manager", "admin", "auditor"];

/// The path of somebody.
fn path(person: &Person<'_>) -> String {
    format!("/v1/users/{}", person.id)
}

/// The names of the members of an object.
fn members(value: &Value) -> Vec<&str> {
    value.as_object().map(Map::keys).into_iter().flatten().map(String::as_str).collect()
}

/// Verb and changes of the events about somebody, the oldest first.
async fn events(desk: &Desk, person: uuid::Uuid) -> Vec<(String, Value)> {
    let rows = desk
        .rows(&format!("select verb || ' ' || changes from events where user_id = '{person}' and subject = 'user' order by epoch, xact, seq"))
        .await;
    let parted = rows.iter().map(|row| row.split_once(' ').unwrap());
    parted.map(|(verb, changes)| (verb.to_owned(), serde_json::from_str(changes).unwrap())).collect()
}
