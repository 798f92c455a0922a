//! `POST /v1/auth/api-keys`
use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::error::{Error, OnConstraint};
use shared::token::{ApiKey, RESOURCES, Scope};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::refresh_token::random;
use crate::session::secret;

/// Days that a key lives where nothing else is said, and at most.
const DAYS: i64 = 90;
const MOST_DAYS: i64 = 366;

/// An API key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedKey {
    /// What it is for.
    #[schema(min_length = 1, max_length = 80, example = "Monitoring")]
    name: String,
    /// `incidents`, `users`, `teams`, `settings` (with categories), `events` or `*`, each with `:read` or `:write`; writing does not include reading.
    #[schema(min_items = 1, example = json!(["incidents:read", "incidents:write"]))]
    scopes: Vec<String>,
    /// When it ends: 90 days from now if not said, 366 at most.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Option<Timestamp>,
}

/// A new API key with its text, which is shown this once.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct NewKey {
    id: Uuid,
    /// What it is for.
    name: String,
    /// How it begins.
    #[schema(example = "itsm_incidents.read_1f0c22e9")]
    prefix: String,
    /// What it may be used for.
    scopes: Vec<String>,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it ends.
    #[schema(format = "date-time")]
    expires_at: String,
    /// Never yet.
    last_used_at: Option<String>,
    /// For `Authorization: Bearer`.
    #[serde(default)]
    key: String,
}

/// Make an API key that acts as me within its scopes. Its text is shown once and not stored.
#[utoipa::path(post, path = "/v1/auth/api-keys", tag = "auth", request_body = AskedKey,
    responses((status = 201, body = NewKey), (status = 400), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422),
              (status = 503)))]
pub(crate) async fn create_key(State(app): State<App>, caller: Caller, asked: Body<AskedKey>) -> Result<Response, Error> {
    let AskedKey { name, scopes, expires_at } = asked.value;
    let scopes = checked(&scopes)?;
    if expires_at.is_some_and(|at| at <= app.now() || at > app.now() + SignedDuration::from_hours(24 * MOST_DAYS)) {
        return Err(Error::invalid("/expires_at", "It lies ahead, by 366 days at most."));
    }
    let text = ApiKey::text(&scopes, &random()?);
    let session = ApiKey::parse(&text).ok_or_else(|| Error::Internal(anyhow::anyhow!("a new API key is none")))?.session();
    let names: Vec<String> = scopes.iter().map(Scope::to_string).collect();
    let params = [
        Uuid::now_v7().into(),
        session.into(),
        name.into(),
        ApiKey::prefix(&text).into(),
        serde_json::Value::from(names).to_string().into(),
        expires_at.map(|at| at.to_string()).into(),
        DAYS.into(),
    ];
    let made = caller.ask(&app, CREATE_KEY, &params).await.on_constraint("api_keys_name_check", "/name", "It has 1 to 80 characters.")?;
    let made: NewKey = serde_json::from_str(&made.body()?).map_err(|error| Error::Internal(error.into()))?;
    let body = serde_json::to_string(&NewKey { key: text, ..made }).map_err(|error| Error::Internal(error.into()))?;
    Ok(secret(StatusCode::CREATED, body))
}
const CREATE_KEY: &str = include_str!("../sql/create_key.sql");

/// In order and without doubles.
fn checked(asked: &[String]) -> Result<Vec<Scope>, Error> {
    let mut scopes = BTreeSet::new();
    for (at, text) in asked.iter().enumerate() {
        let unknown = || Error::invalid(&format!("/scopes/{at}"), format!("A scope is one of {} with :read or :write.", RESOURCES.join(", ")));
        scopes.insert(Scope::parse(text).ok_or_else(unknown)?);
    }
    if scopes.is_empty() {
        return Err(Error::invalid("/scopes", "It names at least one scope."));
    }
    Ok(scopes.into_iter().collect())
}
