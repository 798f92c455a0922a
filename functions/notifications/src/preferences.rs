//! `GET /v1/notifications/preferences`
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::json;
use shared::error::Error;
use shared::rules::notify::TABLE;
use utoipa::ToSchema;

/// How the caller wants to hear of a kind of event.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = NotificationPreference)]
pub(crate) struct Preference {
    /// In the inbox; null: as by default.
    in_app: Option<bool>,
    /// By mail; null: as by default.
    email: Option<bool>,
    /// What applies where nothing is said.
    by_default: Vec<Line>,
}

/// A default.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = NotificationDefault)]
pub(crate) struct Line {
    /// Of tickets that they have this to do with: `caller`, `assignee`, `group`, `watcher`.
    relation: String,
    /// In the inbox.
    in_app: bool,
    /// By mail.
    email: bool,
}

/// What the caller wants to hear of, by kind of event.
#[utoipa::path(get, path = "/v1/notifications/preferences", tag = "notifications",
    responses((status = 200, body = BTreeMap<String, Preference>), (status = 401)))]
pub(crate) async fn preferences(State(app): State<App>, caller: Caller, _: NoQuery) -> Result<Response, Error> {
    Ok(json(StatusCode::OK, caller.ask(&app, PREFERENCES, &[table()?.into()]).await?.body()?))
}
const PREFERENCES: &str = include_str!("../sql/preferences.sql");

/// The defaults, for the statement that shows them beside what was said.
pub(crate) fn table() -> Result<String, Error> {
    serde_json::to_string(TABLE).map_err(|error| Error::Internal(error.into()))
}
