//! `PATCH /v1/teams/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::db::Param;
use shared::error::Error;
use utoipa::ToSchema;

use crate::refusal::explained;
use crate::team::{self, Team, readable};

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TeamChange)]
pub(crate) struct Change {
    /// Unique.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 160)]
    name: Option<String>,
    /// What it does.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, max_length = 4000)]
    description: Option<String>,
    /// Not lifted while tickets are restricted to it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    restricted: Option<bool>,
    /// One that is not active gets no new tickets.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    active: Option<bool>,
}

/// A field that was sent: null is for its own type to refuse.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Change a team: a JSON Merge Patch (RFC 7396). Managers and administrators; of a restricted team, managers who are on it.
#[utoipa::path(patch, path = "/v1/teams/{id}", tag = "teams", request_body = Change,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = Team), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "the name is taken, or tickets are restricted to it"),
              (status = 412), (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn update(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, change: Body<Change>,
) -> Result<Response, Error> {
    let id = team::id(&id)?;
    change.value.name.as_deref().map_or(Ok(()), readable)?;
    let patch = serde_json::to_value(&change.value).map_err(|error| Error::Internal(error.into()))?;
    loop {
        let before = read(&app, &caller, &id).await?;
        if_match.check(before.version())?;
        let set = before.differing(&patch);
        if set.is_empty() {
            return written(before.team.to_string());
        }
        let params = [id.clone(), before.version().into(), Value::Object(set).to_string().into(), app.now().into()];
        match explained(caller.ask(&app, UPDATE, &params).await)?.found()? {
            Some(body) => return written(body),
            None if if_match.is_given() => return Err(Error::PreconditionFailed),
            None => {} // somebody else was first: look again
        }
    }
}
const UPDATE: &str = include_str!("../sql/update.sql");
const READ: &str = include_str!("../sql/read.sql");

/// The team, and whether the caller may change it.
#[derive(Debug, Deserialize)]
struct Read {
    may: bool,
    team: Value,
}

async fn read(app: &App, caller: &Caller, id: &Param) -> Result<Read, Error> {
    let found = caller.ask(app, READ, std::slice::from_ref(id)).await?.body()?;
    let read: Read = serde_json::from_str(&found).map_err(|error| Error::Internal(error.into()))?;
    if read.may { Ok(read) } else { Err(Error::Forbidden("Managers change teams, restricted ones those who are on them.".into())) }
}

impl Read {
    fn version(&self) -> i64 {
        self.team["version"].as_i64().unwrap_or_default()
    }

    fn differing(&self, patch: &Value) -> Map<String, Value> {
        let fields = patch.as_object().into_iter().flatten().filter(|(field, value)| self.team[*field] != **value);
        fields.map(|(field, value)| (field.clone(), value.clone())).collect()
    }
}
