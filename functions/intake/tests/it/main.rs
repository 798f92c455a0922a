//! The conformance suite of intake: the same tests in every home. The messages are in `tests/samples`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod answer;
mod begin;
mod charsets;
mod programs;
mod rights;
mod set_aside;

use serde_json::{Value, json};
use shared::config::MailConfig;
use testkit::home::mail;
use testkit::smtp::{Sink, Taken};
use testkit::{Desk, Person};
use uuid::Uuid;

/// A sample with its blanks filled.
pub(crate) struct Sample(String);

impl Sample {
    /// From somebody to the desk, authentic, and an answer to nothing.
    pub(crate) fn new(name: &str, from: &str) -> Self {
        let path = format!("{}/tests/samples/{name}.eml", env!("CARGO_MANIFEST_DIR"));
        let text = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
        Self(text).with("$FROM", from)
    }

    pub(crate) fn with(self, blank: &str, value: &str) -> Self {
        Self(self.0.replace(blank, value))
    }

    pub(crate) fn text(self) -> String {
        let blanks = [("$DMARC", "pass"), ("$TO", "desk@desk.example"), ("$SUBJECT", "x"), ("$ANSWERS", "nothing@elsewhere.example")];
        let filled = blanks.into_iter().fold(self, |sample, (blank, value)| sample.with(blank, value));
        filled.with("$ID", &Uuid::now_v7().to_string()).0
    }

    /// Comes in and is worked off; what became of it.
    pub(crate) async fn comes(self, desk: &Desk) -> String {
        comes(desk, self.text().as_bytes()).await
    }
}

/// A message comes in and is worked off; what became of it.
pub(crate) async fn comes(desk: &Desk, raw: &[u8]) -> String {
    let reply = desk.receive(raw).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    desk.work().await;
    desk.rows("select state || ' ' || outcome from inbound_mails order by received_at desc, id desc limit 1").await.remove(0)
}

/// Somebody's address.
pub(crate) fn address(person: &Person<'_>, role: &str) -> String {
    format!("{role}-{}@example.com", person.id)
}

/// What is sent to whom of what happened until now.
pub(crate) async fn mails(desk: &Desk) -> Vec<Taken> {
    let sink = Sink::start().await;
    let app = desk.app(MailConfig { smtp_url: sink.url().into(), ..mail() });
    desk.drain(&app, "notify").await;
    desk.drain(&app, "mailer").await;
    app.db.close().await;
    sink.taken()
}

/// A mail's id.
pub(crate) fn id_of(sent: &Taken) -> String {
    sent.header("Message-ID").trim_matches(['<', '>']).to_owned()
}

/// An incident that an agent raised for a requester, who was told by mail.
pub(crate) struct Told<'d> {
    pub(crate) path: String,
    pub(crate) number: String,
    pub(crate) agent: Person<'d>,
    pub(crate) caller: Person<'d>,
    /// Where the mail asked to be answered at, and its id.
    pub(crate) reply_to: String,
    pub(crate) message_id: String,
}

impl<'d> Told<'d> {
    pub(crate) async fn new(desk: &'d Desk) -> Self {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let raised =
            agent.post("/v1/incidents", json!({"short_description": "VPN drops", "caller_id": caller.id, "assigned_to": agent.id})).await.json();
        let sent = mails(desk).await.remove(0);
        Self {
            path: format!("/v1/incidents/{}", raised["id"].as_str().unwrap()),
            number: raised["number"].as_str().unwrap().to_owned(),
            agent,
            caller,
            reply_to: sent.header("Reply-To"),
            message_id: id_of(&sent),
        }
    }

    pub(crate) fn from(&self) -> String {
        address(&self.caller, "requester")
    }

    /// The caller's answer to the mail: by token, not authentic otherwise.
    pub(crate) fn answer(&self, name: &str) -> Sample {
        Sample::new(name, &self.from()).with("$TO", &self.reply_to).with("$DMARC", "none").with("$ANSWERS", &self.message_id)
    }

    pub(crate) async fn incident(&self) -> Value {
        self.agent.get(&self.path).await.json()
    }

    /// Visibility, author and text of what was said, the oldest first.
    pub(crate) async fn comments(&self) -> Vec<(String, String, String)> {
        let items = self.agent.get(&format!("{}/comments", self.path)).await.json()["items"].clone();
        let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        let mut all: Vec<_> = items
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (text(item, "created_at"), text(item, "visibility"), text(item, "author_id"), text(item, "body")))
            .collect();
        all.sort();
        all.into_iter().map(|(_, visibility, author, body)| (visibility, author, body)).collect()
    }

    pub(crate) async fn step(&self, step: Value) {
        let reply = self.agent.post(&format!("{}/transitions", self.path), step).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
}
