//! `POST /v1/rules`
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::created;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::once;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::references::references;
use crate::rule::{After, Rule, explained, possible, sound};

/// A rule to add: with `events` or with `after`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Major outages", "events": ["created"], "conditions": [{"field": "priority", "op": "eq", "value": 1}],
                          "actions": [{"do": "set", "fields": {"major": true}}]}))]
pub(crate) struct NewRule {
    /// Unique.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    #[serde(default)]
    #[schema(max_length = 4000)]
    description: String,
    /// Rules of one event run in this order; 100, if not said.
    #[serde(default = "hundred")]
    #[schema(minimum = 0, maximum = 100000)]
    position: i64,
    #[serde(default = "yes")]
    active: bool,
    /// The verbs of events that it reacts to: `created`, `updated`, `commented`, a state ...
    #[schema(min_items = 1, max_items = 50)]
    events: Option<Vec<String>>,
    /// Or when it comes.
    after: Option<After>,
    /// Each must hold; none, if not said.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    conditions: Vec<Value>,
    /// What it does, in order.
    #[schema(value_type = Vec<Object>, min_items = 1, max_items = 20)]
    actions: Vec<Value>,
}

fn hundred() -> i64 {
    100
}

fn yes() -> bool {
    true
}

/// Add a rule; administrators only. It acts with their rights, under its own name.
#[utoipa::path(post, path = "/v1/rules", tag = "rules", request_body = NewRule,
    params(("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 201, body = Rule), (status = 400), (status = 401), (status = 403), (status = 409, description = "the name is taken"),
              (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn create(State(app): State<App>, caller: Caller, key: IdempotencyKey, new: Body<NewRule>) -> Result<Response, Error> {
    let rule = serde_json::to_value(&new.value).map_err(|error| Error::Internal(error.into()))?;
    sound(&rule)?;
    possible(&rule)?;
    let named = references(&rule).to_string();
    let params = [Uuid::now_v7().into(), rule.to_string().into(), app.now().into(), key.param(), new.digest.as_str().into(), named.into()];
    let body = once(&app, &caller, explained(caller.ask(&app, CREATE, &params).await)?, REPLAY, &key, &new.digest).await?;
    created(body, "/v1/rules")
}
const CREATE: &str = include_str!("../sql/create.sql");
const REPLAY: &str = include_str!("../sql/replay.sql");
