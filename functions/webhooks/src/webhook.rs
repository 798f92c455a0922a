//! A webhook as the API shows it, and what may be said of one.
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use shared::app::App;
use shared::caller::{self, Answer, Asked};
use shared::conditional::written;
use shared::db::{Json, Param};
use shared::error::Error;
use shared::rules::event;
use utoipa::ToSchema;
use uuid::Uuid;

/// An address that is told of events.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Webhook {
    id: Uuid,
    /// Where deliveries are posted to.
    #[schema(example = "https://example.com/hooks/desk")]
    url: String,
    description: String,
    /// What is delivered: `subject.verb`, `subject.*` or `*`. A work note only by its own name, `incident.work_note`.
    #[schema(example = json!(["incident.*"]))]
    events: Vec<String>,
    /// Whether it is told of restricted tickets and teams too.
    restricted: bool,
    /// Whether it is told of anything.
    active: bool,
    /// Why it is not active, where the platform stopped it.
    disabled_reason: Option<String>,
    /// Until when the secret before the last rotation signs too.
    #[schema(format = "date-time")]
    old_secret_until: Option<String>,
    /// The ETag.
    version: i64,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    updated_at: String,
}

/// A webhook with its secret, which is shown this once.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = WebhookSecret)]
pub(crate) struct Secret {
    #[serde(flatten)]
    webhook: Webhook,
    /// What deliveries are signed with: `whsec_` and base64.
    secret: String,
}

impl Secret {
    /// As a response that nobody keeps, with the version as ETag.
    pub(crate) fn shown(status: StatusCode, body: Json) -> Result<Response, Error> {
        let mut response = written(body)?;
        *response.status_mut() = status;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// A page of webhooks, the oldest first.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = WebhookPage)]
pub(crate) struct Page {
    items: Vec<Webhook>,
    /// The cursor of the next page, or null.
    next: Option<String>,
}

/// The id in a path; what is none is the id of nothing.
pub(crate) fn id(path: &str) -> Result<Param, Error> {
    path.parse::<Uuid>().map(Param::from).map_err(|_| Error::NotFound)
}

/// A new secret: 24 random bytes, as Standard Webhooks writes them.
pub(crate) fn new_secret() -> Result<String, Error> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal(anyhow::anyhow!("no random bytes: {error}")))?;
    Ok(format!("whsec_{}", STANDARD.encode(bytes)))
}

/// An address that can be delivered to, as far as its text tells.
pub(crate) fn reachable(app: &App, url: &str) -> Result<(), Error> {
    app.fetch.target(url).map(drop).map_err(|error| Error::invalid("/url", format!("This is not deliverable: {error}.")))
}

/// Names of events that there are, or patterns of them.
pub(crate) fn known(events: &[String]) -> Result<(), Error> {
    let fault = |pattern: &String| match pattern.split_once('.') {
        _ if pattern == "*" => None,
        Some((subject, verb)) => event::delivered(subject, verb).err(),
        None => Some("It is subject.verb, subject.* or *: for example incident.created.".to_owned()),
    };
    match events.iter().enumerate().find_map(|(at, pattern)| Some((at, fault(pattern)?))) {
        Some((at, detail)) => Err(Error::invalid(&format!("/events/{at}"), detail)),
        None if (1..=100).contains(&events.len()) => Ok(()),
        None => Err(Error::invalid("/events", "It has 1 to 100 names of events.")),
    }
}

/// The outcome, with what the database refused as the field that it is about.
pub(crate) fn explained(outcome: Result<Answer, Asked>) -> Result<Answer, Error> {
    caller::explained(outcome, |constraint| {
        (constraint == "webhooks_description_check").then(|| Error::invalid("/description", "It has at most 4,000 characters."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_told_from_what_is_none() {
        let ok = |pattern: &str| known(&[pattern.to_owned()]).is_ok();
        assert!(["*", "incident.*", "incident.created", "team.member_added", "incident.work_note"].into_iter().all(ok));
        assert!(!["", "incident", "incident.", ".created", "*.created", "incident.**", "Incident.created", "incident.created.x"].into_iter().any(ok));
        assert!(!["incident.foo", "incident.sla_breached", "user.member_added", "ticket.*", "webhook.*"].into_iter().any(ok));
        assert!(known(&[]).is_err() && known(&vec!["*".to_owned(); 101]).is_err());
    }

    #[test]
    fn secrets_differ() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert!(one != other && one.starts_with("whsec_") && one.len() == 38);
    }
}
