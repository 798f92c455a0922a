//! `POST /v1/alerts`
use std::collections::BTreeMap;
use std::fmt::Write;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use shared::app::App;
use shared::body::{Body, sha256_hex};
use shared::caller::Caller;
use shared::conditional::json as answer;
use shared::error::Error;
use shared::rules::incident::is_line;
use shared::write::committed;
use utoipa::ToSchema;
use uuid::Uuid;

/// Characters of an incident's short description.
const LINE: usize = 160;
/// Alerts of a group that the incident names; of the rest it says how many.
const NAMED: usize = 50;

/// Bytes of a description; a ticket's and a comment's may have 65,536.
const TOLD: usize = 60_000;

type Labels = BTreeMap<String, String>;

/// A group of alerts as Alertmanager's webhook sends it (version 4); more fields than these are ignored.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AlertGroup {
    /// What groups have in common: one incident is open for each key.
    #[serde(rename = "groupKey")]
    #[schema(min_length = 1, example = "{}:{alertname=\"FunctionDown\"}")]
    group_key: String,
    status: AlertStatus,
    /// Alerts of the group that were left out.
    #[serde(default, rename = "truncatedAlerts")]
    truncated: i64,
    #[serde(default, rename = "commonLabels", deserialize_with = "or_empty")]
    #[schema(value_type = Option<Labels>)]
    common_labels: Labels,
    #[serde(default, rename = "commonAnnotations", deserialize_with = "or_empty")]
    #[schema(value_type = Option<Labels>)]
    common_annotations: Labels,
    #[schema(min_items = 1)]
    alerts: Vec<Alert>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AlertStatus {
    Firing,
    Resolved,
}

#[derive(Debug, Deserialize, ToSchema)]
struct Alert {
    status: AlertStatus,
    #[serde(default, deserialize_with = "or_empty")]
    #[schema(value_type = Option<Labels>)]
    labels: Labels,
    #[serde(default, deserialize_with = "or_empty")]
    #[schema(value_type = Option<Labels>)]
    annotations: Labels,
    #[serde(default, rename = "startsAt")]
    starts_at: String,
}

/// As Go writes a map that was never filled: null.
fn or_empty<'de, D: Deserializer<'de>>(value: D) -> Result<Labels, D::Error> {
    Option::deserialize(value).map(Option::unwrap_or_default)
}

/// What came of it.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct AlertReceived {
    outcome: AlertOutcome,
    /// The group's incident, where there is one.
    incident_id: Option<Uuid>,
    number: Option<String>,
}

/// What a notification did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlertOutcome {
    /// An incident, because the group fires and none of its own is open.
    Opened,
    /// A work note on the open one: other alerts fire than before, or none does any more.
    Noted,
    /// Nothing: what fires was known, or nothing of it ever fired here.
    Unchanged,
}

/// What Alertmanager posts: the group's first alert opens an incident, later ones are work notes on it while it is open, and so is that all is over.
/// People resolve it. `critical` is impact and urgency 1, `warning` 2, anything else 3. For those who work tickets, with an API key.
#[utoipa::path(post, path = "/v1/alerts", tag = "alerts", request_body = AlertGroup,
    responses((status = 200, body = AlertReceived), (status = 201, body = AlertReceived), (status = 400), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422)))]
pub(crate) async fn receive(State(app): State<App>, caller: Caller, sent: Body<AlertGroup>) -> Result<Response, Error> {
    let group = sent.value.checked()?;
    let params = [group.to_string().into(), app.now().into()];
    let mut asked = caller.ask(&app, RECEIVE, &params).await?.body()?;
    // Another notification of the group has opened its incident meanwhile, which only a new statement sees.
    while asked == AGAIN {
        asked = caller.ask(&app, RECEIVE, &params).await?.body()?;
    }
    let body = committed(&app, &asked).await?;
    let received: AlertReceived = serde_json::from_str(&body).map_err(|error| Error::Internal(error.into()))?;
    Ok(answer(if received.outcome == AlertOutcome::Opened { StatusCode::CREATED } else { StatusCode::OK }, body))
}
const RECEIVE: &str = include_str!("../sql/receive.sql");
const AGAIN: &str = "\"again\"";

impl AlertGroup {
    /// What the statement is asked.
    fn checked(&self) -> Result<serde_json::Value, Error> {
        if self.group_key.is_empty() {
            return Err(Error::invalid("/groupKey", "It is not empty."));
        }
        if self.alerts.is_empty() {
            return Err(Error::invalid("/alerts", "A group has alerts."));
        }
        let firing: Vec<&Alert> = self.alerts.iter().filter(|alert| alert.status == AlertStatus::Firing).collect();
        let fires = self.status == AlertStatus::Firing && !firing.is_empty();
        let mut known: Vec<String> = firing.iter().map(|alert| format!("{:?}", alert.labels)).collect();
        known.sort_unstable();
        let level = match self.common_labels.get("severity").map(String::as_str) {
            Some("critical") => 1,
            Some("warning") => 2,
            _ => 3,
        };
        Ok(json!({
            "key": sha256_hex(&self.group_key),
            "digest": sha256_hex(&known.join("\n")),
            "fires": fires,
            "id": Uuid::now_v7(),
            "comment": Uuid::now_v7(),
            "link": Uuid::now_v7(),
            "level": level,
            "short_description": self.title(),
            "description": self.told(&firing),
            "note": if fires { format!("What fires has changed.\n\n{}", self.told(&firing)) } else { "No alert of this group fires any more.".to_owned() },
        }))
    }

    /// What is wrong, in a line.
    fn title(&self) -> String {
        let name = self.common_labels.get("alertname").map_or("Alert", String::as_str);
        let first = || self.alerts.first().and_then(|alert| alert.annotations.get("summary"));
        let summary = self.common_annotations.get("summary").or_else(first).map_or("", String::as_str);
        let title = if summary.is_empty() { name.to_owned() } else { format!("{name}: {summary}") };
        let line: String = title.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(LINE).collect();
        let line = line.trim().to_owned();
        if is_line(&line) { line } else { "Alert".to_owned() }
    }

    /// What is wrong, in full.
    fn told(&self, firing: &[&Alert]) -> String {
        let mut text = String::new();
        for (name, value) in self.common_annotations.iter().filter(|(name, _)| *name != "summary") {
            let _infallible = writeln!(text, "{name}: {value}");
        }
        for alert in firing.iter().take(NAMED) {
            let labels: Vec<String> = alert.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let summary = alert.annotations.get("summary").map_or("", String::as_str);
            let _infallible = writeln!(text, "- {summary} ({}) since {}", labels.join(", "), alert.starts_at);
        }
        let rest = i64::try_from(firing.len().saturating_sub(NAMED)).unwrap_or_default().saturating_add(self.truncated.max(0));
        if rest > 0 {
            let _infallible = writeln!(text, "and {rest} more");
        }
        text.truncate(text.floor_char_boundary(TOLD));
        text.trim_end().replace('\0', "")
    }
}
