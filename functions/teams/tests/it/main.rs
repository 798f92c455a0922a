//! The conformance suite of teams: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod add_member;
mod create;
mod get;
mod list;
mod members;
mod remove_member;
mod update;

use http::Method;
use serde_json::Value;
use testkit::{Person, Reply};
use uuid::Uuid;

/// The path of a team.
fn path(team: Uuid) -> String {
    format!("/v1/teams/{team}")
}

/// Puts somebody on a team.
async fn add(by: &Person<'_>, team: Uuid, user: Uuid) -> Reply {
    by.send(Method::PUT, &format!("/v1/teams/{team}/members/{user}"), &[], None).await
}

/// Takes somebody off a team.
async fn remove(by: &Person<'_>, team: Uuid, user: Uuid) -> Reply {
    by.send(Method::DELETE, &format!("/v1/teams/{team}/members/{user}"), &[], None).await
}

/// The events of teams in somebody's feed: verb and changes.
async fn feed(person: &Person<'_>) -> Vec<(String, Value)> {
    let events = person.get("/v1/events?limit=200").await.json()["items"].as_array().unwrap().clone();
    let of_teams = events.into_iter().filter(|event| event["subject"] == "team");
    of_teams.map(|event| (event["verb"].as_str().unwrap().to_owned(), event["changes"].clone())).collect()
}
