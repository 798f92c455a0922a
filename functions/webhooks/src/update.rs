//! `PATCH /v1/webhooks/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::error::Error;
use utoipa::ToSchema;

use crate::webhook::{self, Webhook, explained, known, reachable};

/// What to change; what is not sent stays.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookChange)]
pub(crate) struct Change {
    /// Where to post to: https, and a public address. What is still to be delivered goes there too.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, max_length = 2000, example = "https://example.com/hooks/desk")]
    url: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, max_length = 4000)]
    description: Option<String>,
    /// What to deliver: `subject.verb`, `subject.*` or `*`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false, min_items = 1, max_items = 100, example = json!(["incident.*"]))]
    events: Option<Vec<String>>,
    /// Whether it is told of restricted tickets and teams too.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    restricted: Option<bool>,
    /// Whether it is told of anything. One that is made active begins with a clean record, and with what was left of its deliveries.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    active: Option<bool>,
}

/// A field that was sent: null is for its own type to refuse.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Change a webhook: a JSON Merge Patch (RFC 7396); administrators only.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "webhooks", request_body = Change,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = Webhook), (status = 400), (status = 401), (status = 403), (status = 404), (status = 412), (status = 413),
              (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn update(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, change: Body<Change>,
) -> Result<Response, Error> {
    let id = webhook::id(&id)?;
    change.value.url.as_deref().map_or(Ok(()), |url| reachable(&app, url))?;
    change.value.events.as_deref().map_or(Ok(()), known)?;
    let patch = serde_json::to_value(&change.value).map_err(|error| Error::Internal(error.into()))?;
    loop {
        let body = caller.ask(&app, READ, std::slice::from_ref(&id)).await?.body()?;
        let before: Value = serde_json::from_str(&body).map_err(|error| Error::Internal(error.into()))?;
        let version = before["version"].as_i64().unwrap_or_default();
        if_match.check(version)?;
        let set: Map<String, Value> = patch
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(field, value)| before[*field] != **value)
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        if set.is_empty() {
            return written(body);
        }
        let params = [id.clone(), version.into(), Value::Object(set).to_string().into(), app.now().into()];
        match explained(caller.ask(&app, UPDATE, &params).await)?.found()? {
            Some(body) => return written(body),
            None if if_match.is_given() => return Err(Error::PreconditionFailed),
            None => {} // somebody else was first: look again
        }
    }
}
const UPDATE: &str = include_str!("../sql/update.sql");
const READ: &str = include_str!("../sql/get.sql");
