//! The conformance suite of notifications: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod list;
mod preferences;
mod read;

use serde_json::json;
use testkit::{Desk, Person};

/// Somebody with so many notifications, told by somebody else.
pub(crate) async fn told(desk: &Desk, count: usize) -> Person<'_> {
    let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
    for at in 0..count {
        let new = json!({"short_description": format!("number {at}"), "caller_id": caller.id});
        assert_eq!(agent.post("/v1/incidents", new).await.status, 201);
    }
    desk.work().await;
    caller
}
