//! `PATCH /v1/rules/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::error::Error;
use utoipa::ToSchema;

use crate::references::references;
use crate::rule::{self, After, Rule, explained, possible, sound};

/// What to change; what is not sent stays. Lists are replaced as a whole. From events to time: `{"events": null, "after": {...}}`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleChange)]
pub(crate) struct Change {
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 80)]
    name: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, max_length = 4000)]
    description: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false, minimum = 0, maximum = 100000)]
    position: Option<i64>,
    /// One of time that is made active looks at what comes due from then on.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    active: Option<bool>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, required = false, min_items = 1, max_items = 50)]
    events: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<After>, required = false)]
    after: Option<Option<After>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Object>, required = false)]
    conditions: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Object>, required = false, min_items = 1, max_items = 20)]
    actions: Option<Vec<Value>>,
}

/// A field that was sent: null is for its own type to refuse.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Change a rule: a JSON Merge Patch (RFC 7396); administrators only.
#[utoipa::path(patch, path = "/v1/rules/{id}", tag = "rules", request_body = Change,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = Rule), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409, description = "the name is taken"),
              (status = 412), (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn update(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, change: Body<Change>,
) -> Result<Response, Error> {
    let id = rule::id(&id)?;
    let patch = serde_json::to_value(&change.value).map_err(|error| Error::Internal(error.into()))?;
    loop {
        let body = caller.ask(&app, READ, std::slice::from_ref(&id)).await?.body()?;
        let before: Value = serde_json::from_str(&body).map_err(|error| Error::Internal(error.into()))?;
        let version = before["version"].as_i64().unwrap_or_default();
        if_match.check(version)?;
        let mut after = before.clone();
        patch.as_object().into_iter().flatten().for_each(|(field, value)| after[field] = value.clone());
        sound(&after)?;
        possible(&patch)?;
        if after == before {
            return written(body);
        }
        let params = [id.clone(), version.into(), after.to_string().into(), app.now().into(), references(&patch).to_string().into()];
        match explained(caller.ask(&app, UPDATE, &params).await)?.found()? {
            Some(body) => return written(body),
            None if if_match.is_given() => return Err(Error::PreconditionFailed),
            None => {} // somebody else was first: look again
        }
    }
}
const UPDATE: &str = include_str!("../sql/update.sql");
const READ: &str = include_str!("../sql/get.sql");
