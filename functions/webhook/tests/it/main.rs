//! The conformance suite of the deliveries to webhooks: the same tests in every home, against a receiver on a socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod canary;
mod circuit;
mod order;
mod restricted;
mod retry;
mod secret;
mod silent;

use serde_json::{Value, json};
use testkit::{Desk, Person};

/// A webhook at this address; its id and its secret.
async fn hook(admin: &Person<'_>, url: &str, more: Value) -> (String, String) {
    let mut new = json!({"url": url});
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let reply = admin.post("/v1/webhooks", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    (reply.json()["id"].as_str().unwrap().to_owned(), reply.json()["secret"].as_str().unwrap().to_owned())
}

/// An incident; its path.
async fn raise(agent: &Person<'_>, new: Value) -> String {
    let reply = agent.post("/v1/incidents", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    format!("/v1/incidents/{}", reply.json()["id"].as_str().unwrap())
}

/// Everything that is due is tried once the feed shows it.
async fn deliver(desk: &Desk) {
    desk.settle().await;
    desk.work().await;
}

/// The wait after a failure is over.
async fn later(desk: &Desk) {
    desk.execute("update webhooks set next_at = now() where next_at > now()").await;
    desk.work().await;
}

/// State and attempts of all deliveries, in order.
async fn states(desk: &Desk) -> Vec<String> {
    desk.rows("select state || ' ' || attempts from webhook_deliveries order by epoch, xact, seq").await
}

async fn health(admin: &Person<'_>, id: &str) -> Value {
    admin.get(&format!("/v1/webhooks/{id}/health")).await.json()
}
