//! Sending mail. The module `api` runs in every home, against a mail API on a socket. The others run in this process whatever the home is: SMTP
//! is native, and the server is the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod api;
mod rights;
mod send;
mod server;

use serde_json::{Value, json};
use shared::app::App;
use shared::config::MailConfig;
use testkit::{Desk, Person};

/// An app that sends to this server.
pub(crate) fn sending(desk: &Desk, url: &str) -> App {
    desk.app(MailConfig { smtp_url: url.into(), from: "The Desk <desk@desk.example>".into(), ..MailConfig::default() })
}

/// Raises an incident; answers its path.
pub(crate) async fn raised(by: &Person<'_>, new: Value) -> String {
    let reply = by.post("/v1/incidents", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    format!("/v1/incidents/{}", reply.json()["id"].as_str().unwrap())
}

/// Somebody for whom an agent raised an incident, told and not yet mailed: the path, the caller, the agent.
pub(crate) async fn told<'d>(desk: &'d Desk, app: &App) -> (String, Person<'d>, Person<'d>) {
    let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
    let path = raised(&agent, json!({"short_description": "VPN drops", "caller_id": caller.id})).await;
    assert_eq!(desk.drain(app, "notify").await, 1);
    (path, caller, agent)
}

/// What became of the mails, the oldest first.
pub(crate) async fn states(desk: &Desk) -> Vec<String> {
    desk.rows("select state from mails order by id").await
}

/// Lets every retry be due.
pub(crate) async fn later(desk: &Desk) {
    desk.execute("update jobs set run_at = now() where state = 'queued'").await;
}
