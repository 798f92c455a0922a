//! One attempt: the message is signed as it goes out, and what comes back is judged.
use std::time::Instant;

use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use shared::app::App;
use shared::db::Param;
use shared::fetch::{FetchError, Fetched};
use uuid::Uuid;

use crate::signature::signatures;
use crate::verdict::{Record, Verdict};

/// A delivery that has begun. It holds secrets: nothing prints it.
#[derive(Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    url: String,
    secret: String,
    old_secret: Option<String>,
    sequence: i64,
    /// The endpoint's failures in a row, and seconds since the first of them.
    failures: i64,
    failing_for: i64,
    /// Seconds since this delivery's first attempt.
    tried_for: i64,
    body: String,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    fetched: Result<Fetched, FetchError>,
    milliseconds: i64,
    verdict: Verdict,
}

/// Sends it, once.
pub(crate) async fn attempt(app: &App, message: &Message) -> Outcome {
    let begun = Instant::now();
    let fetched = match headers(message, app.now().as_second()) {
        Some(headers) => app.fetch.post(&message.url, headers, message.body.clone()).await,
        None => Err(FetchError::Address("the secret is not a usable one: rotate it")),
    };
    let status = fetched.as_ref().map(|fetched| fetched.status).ok();
    let record = Record { failures: message.failures, failing_for: message.failing_for, tried_for: message.tried_for };
    let milliseconds = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    Outcome { verdict: record.judge(status), fetched, milliseconds }
}

/// Standard Webhooks 1.0, and the delivery's place in the endpoint's order.
fn headers(message: &Message, now: i64) -> Option<HeaderMap> {
    let id = format!("msg_{}", message.id.simple());
    let secrets = std::iter::once(message.secret.as_str()).chain(message.old_secret.as_deref());
    let signature = signatures(secrets, &id, now, &message.body)?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static("itsm-webhook/1"));
    for (name, value) in [
        ("webhook-id", id),
        ("webhook-timestamp", now.to_string()),
        ("webhook-signature", signature),
        ("webhook-sequence", message.sequence.to_string()),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?);
    }
    Some(headers)
}

impl Outcome {
    /// As the table and the metric have it.
    pub(crate) fn name(&self) -> &'static str {
        match self.verdict {
            Verdict::Delivered => "delivered",
            Verdict::Failed { is_dead: false, .. } => "failed",
            Verdict::Failed { is_dead: true, .. } => "dead",
        }
    }

    /// Whether the next one may follow.
    pub(crate) fn is_delivered(&self) -> bool {
        self.verdict == Verdict::Delivered
    }

    /// `$5` to `$11` of `record.sql`.
    pub(crate) fn params(&self) -> [Param; 7] {
        let (status, body, error) = match &self.fetched {
            Ok(fetched) => (Some(i64::from(fetched.status)), Some(fetched.body.clone()), None),
            Err(error) => (None, None, Some(error.to_string())),
        };
        let (wait, disabled) = match self.verdict {
            Verdict::Delivered => (0, None),
            Verdict::Failed { wait, disabled, .. } => (wait, disabled),
        };
        [self.name().into(), status.into(), body.into(), error.into(), self.milliseconds.into(), wait.into(), disabled.into()]
    }
}
