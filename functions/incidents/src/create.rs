//! `POST /v1/incidents`
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::app::App;
use shared::body::Body;
use shared::caller::{Answer, Asked, Caller, Refusal};
use shared::conditional::created;
use shared::db::Param;
use shared::error::{Error, FieldError};
use shared::idempotency::IdempotencyKey;
use shared::rules::incident::{A_LINE, is_line};
use shared::rules::lifecycle::State as Stage;
use shared::slas::{Facts, book, is_stale};
use shared::write::committed;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::custom;
use crate::explained::explained;
use crate::incident::Incident;
use crate::replay::replayed;

/// A report.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIncident {
    /// What is wrong, in a line.
    #[schema(min_length = 1, max_length = 160, example = "E-mail does not send")]
    short_description: String,
    /// What is wrong, in full.
    #[serde(default)]
    description: String,
    /// 1 High, 2 Medium, 3 Low; 3 if not said.
    #[serde(default = "low")]
    #[schema(minimum = 1, maximum = 3)]
    impact: i16,
    /// 1 High, 2 Medium, 3 Low; 3 if not said.
    #[serde(default = "low")]
    #[schema(minimum = 1, maximum = 3)]
    urgency: i16,
    /// One of `/v1/categories`.
    category: Option<String>,
    /// One of the category's.
    subcategory: Option<String>,
    /// `phone`, `email`, `portal`, `api` or `monitoring`; `api` if not said.
    #[serde(default = "api")]
    channel: String,
    /// Where.
    location: Option<String>,
    /// Whom it concerns; the one who raises it if not said. Requesters name themselves alone.
    caller_id: Option<Uuid>,
    /// The team to work on it; not for requesters.
    assignment_group: Option<Uuid>,
    /// The person to work on it; not for requesters.
    assigned_to: Option<Uuid>,
    /// Not for requesters.
    #[serde(default)]
    major: bool,
    /// The incident that it is a part of, by its id; not for requesters.
    parent_id: Option<Uuid>,
    /// The restricted team that alone works on it; for its members and administrators.
    restricted_to: Option<Uuid>,
    /// The organisation's own fields.
    #[serde(default)]
    #[schema(value_type = Object)]
    custom: Map<String, Value>,
}

fn low() -> i16 {
    3
}
fn api() -> String {
    "api".into()
}

/// Raise an incident. Its event is written in the same statement.
#[utoipa::path(post, path = "/v1/incidents", tag = "incidents", request_body = NewIncident,
    params(("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 201, body = Incident), (status = 400), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422)))]
pub(crate) async fn create(State(app): State<App>, caller: Caller, key: IdempotencyKey, new: Body<NewIncident>) -> Result<Response, Error> {
    let incident = new.value.with_id(Uuid::now_v7())?;
    let outcome = loop {
        let outcome = attempt(&app, &caller, &incident, [key.param(), new.digest.as_str().into()]).await?;
        if !is_stale(&app, &outcome) {
            break outcome;
        }
    };
    let body = match explained(outcome)? {
        Answer::Refused(Refusal::Replay) => replayed(&app, &caller, "POST /v1/incidents", &key, None, &new.digest).await?,
        Answer::Refused(Refusal::Forbidden) => return Err(Error::Forbidden(NOT_SO.into())),
        answer => committed(&app, &answer.body()?).await?,
    };
    created(body, "/v1/incidents")
}

/// The statement, with the clocks of the page that this process knows.
async fn attempt(app: &App, caller: &Caller, incident: &Value, [key, digest]: [Param; 2]) -> Result<Result<Answer, Asked>, Error> {
    let (book, now) = (book(app).await?, app.now());
    let mut raised = Facts::after(&book, &json!({}), incident.as_object().unwrap_or(&Map::new()));
    (raised["state"], raised["opened_at"]) = ("new".into(), now.to_string().into());
    let facts = Facts { states: vec![(now, Stage::New)], ..Facts::default() };
    let clocks = facts.clocks(&book, 1, &raised, None, now);
    let mut row = incident.clone();
    row["due_at"] = clocks.due_at.as_str().into();
    Ok(caller.ask(app, CREATE, &[row.to_string().into(), now.into(), key, digest, clocks.param()]).await)
}
const NOT_SO: &str = "A requester raises for themselves alone: leave out caller_id and what the desk decides. An auditor raises nothing.";
const CREATE: &str = include_str!("../sql/create.sql");

impl NewIncident {
    fn with_id(self, id: Uuid) -> Result<Value, Error> {
        let wrong = |pointer: &str, detail: &str| FieldError { pointer: pointer.into(), detail: detail.into() };
        let mut errors = Vec::new();
        if !is_line(&self.short_description) {
            errors.push(wrong("/short_description", A_LINE));
        }
        for (pointer, level) in [("/impact", self.impact), ("/urgency", self.urgency)] {
            if !matches!(level, 1..=3) {
                errors.push(wrong(pointer, "It is 1 (High), 2 (Medium) or 3 (Low)."));
            }
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let mut row = serde_json::to_value(self).map_err(|error| Error::Internal(error.into()))?;
        custom::check(&row["custom"])?;
        row["id"] = id.to_string().into();
        Ok(row)
    }
}
