//! One message is taken, once: what becomes of it and the end of the job are one statement.
use anyhow::anyhow;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::json;
use shared::app::App;
use shared::db::{DbError, Param};
use shared::job::{Job, JobError, Lease};
use shared::mail::Token;
use shared::metrics::METRICS;
use shared::slas::{Clocks, is_stale};
use uuid::Uuid;

use crate::clocks::moved;
use crate::decide::{Answered, Decision, Known, decide, is_verified};
use crate::message::Message;
use crate::trim::{cut, number};

/// Which one.
#[derive(Debug, Deserialize)]
pub(crate) struct Take {
    mail: Uuid,
}

/// Times that a message may break whoever reads it before it is set aside.
const TRIES: i64 = 3;
/// How often a comment is begun anew because somebody wrote its ticket meanwhile; then later.
const RACES: usize = 20;

#[derive(Deserialize)]
struct Found {
    tries: i64,
    /// Base64, in lines.
    raw: String,
}

impl Job for Take {
    const QUEUE: &'static str = "intake";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        let taking = Taking { app, lease, mail: self.mail };
        let Some(found) = app.db.get::<Found>(READ, &taking.params([])).await? else { return Ok(()) };
        if found.tries > TRIES {
            return taking.end("set_aside", "poison", None).await;
        }
        let raw: String = found.raw.split_ascii_whitespace().collect();
        let raw = STANDARD.decode(raw).map_err(|error| JobError::Retry(error.into()))?;
        let Some(message) = Message::read(&raw, &app.mail, &app.inbound.authserv_id) else {
            return taking.end("set_aside", "unreadable", None).await;
        };
        drop(raw);
        let known = taking.known(&message).await?;
        let is_signed = |mail: &Answered| {
            let token = Token { mail: mail.mail, ticket: mail.ticket, user: mail.user };
            message.recipients.iter().any(|address| app.mail.is_signed(address, &token))
        };
        let decision = decide(&message, &known, is_signed, app.inbound.creates_senders);
        let verified = is_verified(&message, &known, is_signed);
        let of_mail = json!({"sender": message.author(), "attachments": message.attachments, "verified": verified}).to_string();
        taking.done(&message, decision, of_mail).await
    }
}
const READ: &str = include_str!("../sql/read.sql");
const FIND: &str = include_str!("../sql/find.sql");
const COMMENT: &str = include_str!("../sql/comment.sql");
const NOTE: &str = include_str!("../sql/note.sql");
const RAISE: &str = include_str!("../sql/raise.sql");
const END: &str = include_str!("../sql/end.sql");

/// A message under way.
struct Taking<'a> {
    app: &'a App,
    lease: Lease,
    mail: Uuid,
}

impl Taking<'_> {
    /// $1 to $3 of every statement, and what follows.
    fn params<const N: usize>(&self, more: [Param; N]) -> Vec<Param> {
        [self.lease.id.into(), self.lease.attempt.into(), self.mail.into()].into_iter().chain(more).collect()
    }

    async fn known(&self, message: &Message) -> Result<Known, DbError> {
        let mails: Vec<Uuid> = message.recipients.iter().filter_map(|address| self.app.mail.replied(address)).collect();
        let params =
            [message.author().into(), json!(mails).to_string().into(), json!(message.references).to_string().into(), number(&message.subject).into()];
        Ok(self.app.db.get(FIND, &[&[self.mail.into()], &params[..]].concat()).await?.unwrap_or_default())
    }

    async fn done(&self, message: &Message, decision: Decision, of_mail: String) -> Result<(), JobError> {
        let now = self.app.now();
        let (outcome, sql, params): (_, _, Vec<Param>) = match decision {
            Decision::Ignore(why) => return self.end("done", why, Some(of_mail)).await,
            Decision::SetAside(why) => return self.end("set_aside", why, Some(of_mail)).await,
            Decision::Note { ticket, why, silent } => {
                let text = noted(message, why);
                (why, NOTE, vec![ticket.into(), Uuid::now_v7().into(), text.into(), why.into(), silent.into(), now.into(), of_mail.into()])
            }
            Decision::Comment { ticket, by, note } => return self.comment(message, ticket, by, note, of_mail).await,
            Decision::Raise { by, follows } => return self.raise(raised(message, by, follows), of_mail).await,
        };
        let params: Vec<Param> = self.params([]).into_iter().chain(params).collect();
        counted(outcome, self.app.db.row(sql, &params).await?.map(|answer| answer.is_some()))
    }

    /// Its clocks come by a job of their own, which is rung for: no sender waits for the minute's.
    async fn raise(&self, incident: String, of_mail: String) -> Result<(), JobError> {
        let params = self.params([incident.into(), self.app.now().into(), of_mail.into()]);
        let written = self.app.db.row(RAISE, &params).await?;
        if let Some(job) = written.as_ref().and_then(|answer| answer.as_ref()?.parse().ok()) {
            self.app.queue.ring("sla", job).await;
        }
        counted("incident", written.map(|answer| answer.is_some()))
    }

    /// With the clocks that it moves; somebody who writes the ticket at this moment makes them stale.
    async fn comment(&self, message: &Message, ticket: Uuid, by: Uuid, note: bool, of_mail: String) -> Result<(), JobError> {
        let text = if message.text.is_empty() { "(no text)" } else { message.text.as_str() };
        let (outcome, visibility) = if note { ("work_note", "work_note") } else { ("comment", "public") };
        for _ in 0..RACES {
            let now = self.app.now();
            let clocks = if note { None } else { Some(moved(self.app, ticket, by, now).await?) };
            let due = clocks.as_ref().filter(|clocks| !clocks.is_still()).map(|clocks| clocks.due_at.clone());
            let own = [ticket.into(), Uuid::now_v7().into(), text.into(), by.into(), now.into(), of_mail.as_str().into(), visibility.into()];
            let clocks = [clocks.as_ref().map_or(Param::Text(None), Clocks::param), due.into()];
            let written = self.app.db.row(COMMENT, &[self.params([]).as_slice(), &own, &clocks].concat()).await;
            if !is_stale(self.app, &written) {
                return counted(outcome, written?.map(|answer| answer.is_some()));
            }
        }
        Err(JobError::Retry(anyhow!("the ticket is changed by others all the time")))
    }

    async fn end(&self, state: &str, outcome: &str, of_mail: Option<String>) -> Result<(), JobError> {
        let params = self.params([state.into(), outcome.into(), of_mail.unwrap_or_else(|| "{}".into()).into()]);
        if self.app.db.row(END, &params).await?.is_some() {
            METRICS.inbound_mails.with_label_values(&[outcome]).inc();
        }
        Ok(())
    }
}

/// Whether the statement did it; nothing where the claim is another's.
fn counted(outcome: &str, done: Option<bool>) -> Result<(), JobError> {
    match done {
        Some(true) => METRICS.inbound_mails.with_label_values(&[outcome]).inc(),
        // Decided by what was read a moment ago, and that has changed: it is decided anew.
        Some(false) => return Err(JobError::Retry(anyhow!("changed while it was taken"))),
        None => {}
    }
    Ok(())
}

/// A new incident as the statement takes it.
fn raised(message: &Message, by: Option<Uuid>, follows: Option<Uuid>) -> String {
    let first_line = message.text.lines().next().unwrap_or_default();
    let line = if message.subject.is_empty() { first_line } else { message.subject.as_str() };
    let line: String = if line.is_empty() { "(no subject)".into() } else { line.chars().take(160).collect() };
    let (name, email) = message.from.clone().unwrap_or_default();
    json!({
        "id": Uuid::now_v7(), "short_description": line, "description": message.text, "by": by, "follows": follows, "link": Uuid::now_v7(),
        "person": {"id": Uuid::now_v7(), "name": name, "email": email},
    })
    .to_string()
}

/// What the platform writes down, in its own name.
fn noted(message: &Message, why: &str) -> String {
    let from = message.from.as_ref().map_or("nobody named", |(_, address)| address.as_str());
    let lead = match why {
        "bounce" => format!("A mail about this was not delivered, or a mail server says something of it ({from}):"),
        "automatic" => format!("An automatic answer came by mail from {from}:"),
        _ => format!("UNVERIFIED: this came by mail in the name of {from}, and nobody knows whether it is theirs:"),
    };
    cut(&format!("{lead}\n\n{}\n\n{}", message.subject, message.text), 65_536)
}
