//! `GET /v1/auth/api-keys`
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::error::Error;
use shared::page::page;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::sessions::Part;

/// An API key, without its secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct Key {
    id: Uuid,
    /// What it is for.
    name: String,
    /// How it begins.
    #[schema(example = "itsm_incidents.read_1f0c22e9")]
    prefix: String,
    /// What it may be used for.
    #[schema(example = json!(["incidents:read"]))]
    scopes: Vec<String>,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it ends.
    #[schema(format = "date-time")]
    expires_at: String,
    /// When it was last used; renewed once an hour.
    #[schema(format = "date-time")]
    last_used_at: Option<String>,
}

/// A page of them, newest first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct Keys {
    items: Vec<Key>,
    /// For the page after this one.
    next: Option<String>,
}

const LIST: &str = "api-keys -created_at";

/// My API keys, newest first; those that are over too, until they are deleted.
#[utoipa::path(get, path = "/v1/auth/api-keys", tag = "auth", params(Part),
    responses((status = 200, body = Keys, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 403), (status = 503)))]
pub(crate) async fn keys(State(app): State<App>, caller: Caller, Query(part): Query<Part>, uri: Uri) -> Result<Response, Error> {
    let listed = caller.ask_list(&app, KEYS, &part.params(&app, LIST)?).await?.body()?;
    page(&app.cursors, LIST, &uri, &listed)
}
const KEYS: &str = include_str!("../sql/keys.sql");
