//! `PATCH /v1/notifications/preferences`
use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::json;
use shared::error::Error;
use shared::rules::notify::KINDS;
use utoipa::ToSchema;

use crate::preferences::{Preference, table};

/// What to change about a kind; null is the default again, and what is left out stays (RFC 7396).
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationWays)]
pub(crate) struct Ways {
    /// In the inbox.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<bool>)]
    in_app: Option<Option<bool>>,
    /// By mail.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<bool>)]
    email: Option<Option<bool>>,
}

/// A null that is there is not one that is left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<bool>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Say what to hear of, by kind of event. It goes for what happens from now on.
#[utoipa::path(patch, path = "/v1/notifications/preferences", tag = "notifications",
    request_body(content = BTreeMap<String, Ways>, example = json!({"commented": {"email": false}})),
    responses((status = 200, body = BTreeMap<String, Preference>), (status = 400), (status = 401), (status = 422)))]
pub(crate) async fn prefer(State(app): State<App>, caller: Caller, change: Body<BTreeMap<String, Option<Ways>>>) -> Result<Response, Error> {
    let known = names()?;
    if let Some(unknown) = change.value.keys().find(|kind| !known.contains(kind)) {
        return Err(Error::BadRequest(format!("There is no kind {unknown}: there are {}.", known.join(", "))));
    }
    let change = serde_json::to_string(&change.value).map_err(|error| Error::Internal(error.into()))?;
    Ok(json(StatusCode::OK, caller.ask(&app, PREFER, &[change.into(), table()?.into()]).await?.body()?))
}
const PREFER: &str = include_str!("../sql/prefer.sql");

/// The kinds as the API spells them.
fn names() -> Result<Vec<String>, Error> {
    serde_json::to_value(KINDS).and_then(serde_json::from_value).map_err(|error| Error::Internal(error.into()))
}
