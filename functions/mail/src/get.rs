//! `GET /v1/mail/set-aside/{id}`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::json;
use shared::error::Error;

use crate::set_aside::{Whole, id};

/// One mail that was set aside, with its source; administrators only.
#[utoipa::path(get, path = "/v1/mail/set-aside/{id}", tag = "mail", params(("id" = Uuid, Path)),
    responses((status = 200, body = Whole), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn get(State(app): State<App>, caller: Caller, Path(path): Path<String>, _: NoQuery) -> Result<Response, Error> {
    let found = caller.ask(&app, GET, &[id(&path)?]).await?.body()?;
    Ok(json(StatusCode::OK, readable(&found)?))
}
const GET: &str = include_str!("../sql/get.sql");

/// The body with its `source` as text: Postgres has no text for bytes that no encoding has.
fn readable(body: &str) -> Result<String, Error> {
    let mut body: Map<String, Value> = serde_json::from_str(body).map_err(|error| Error::Internal(error.into()))?;
    let lines = body.get("source").and_then(Value::as_str).unwrap_or_default();
    let source: String = lines.split_ascii_whitespace().collect();
    let source = STANDARD.decode(source).map_err(|error| Error::Internal(error.into()))?;
    body.insert("source".into(), String::from_utf8_lossy(&source).into());
    Ok(Value::Object(body).to_string())
}
