//! `PATCH /v1/users/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use shared::app::App;
use shared::body::Body;
use shared::caller::{Caller, Role};
use shared::conditional::{IfMatch, written};
use shared::db::Param;
use shared::error::Error;
use utoipa::ToSchema;

use crate::refusal::explained;
use crate::user::{User, address, named, readable};

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserChange)]
pub(crate) struct Change {
    /// What to call them.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 160)]
    name: Option<String>,
    /// Unique; administrators only.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, max_length = 254)]
    email: Option<String>,
    /// Administrators only.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Role, required = false)]
    role: Option<Role>,
    /// Administrators only. Who is deactivated is out at the next request; what they did stays.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    active: Option<bool>,
    /// A language tag (BCP 47), or null.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 35)]
    locale: Option<Option<String>>,
    /// A time zone of the IANA database, or null.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 64)]
    time_zone: Option<Option<String>>,
}

/// A field that was sent, be it null: whether it may be is for its own type to say.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Change a user: a JSON Merge Patch (RFC 7396). Administrators change everything, each person their own name and preferences.
///
/// There is no deletion: whoever leaves is deactivated, and erased if they ask for it. The last active administrator stays.
#[utoipa::path(patch, path = "/v1/users/{id}", tag = "users", request_body = Change,
    params(("id" = String, Path, description = "id or `me`"), ("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = User), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "the last active administrator, an address that is taken, somebody erased"),
              (status = 412), (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn update(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, change: Body<Change>,
) -> Result<Response, Error> {
    let id = named(&id)?;
    let patch = change.value.checked()?;
    loop {
        let before = read(&app, &caller, &id).await?;
        before.permits(&patch)?;
        if_match.check(before.version())?;
        let set: Map<String, Value> = patch.iter().filter(|(field, value)| before.person[*field] != **value).map(cloned).collect();
        if set.is_empty() {
            return written(before.person.to_string());
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let set = Value::Object(set).to_string();
        let params = [text(&before.person["id"]).into(), before.version().into(), set.into(), app.now().into(), before.role.name().into()];
        match explained(caller.ask(&app, UPDATE, &params).await)?.found()? {
            Some(body) => return written(body),
            None if if_match.is_given() => return Err(Error::PreconditionFailed),
            None => {} // somebody else was first: look again
        }
    }
}
const UPDATE: &str = include_str!("../sql/update.sql");
const READ: &str = include_str!("../sql/read.sql");

fn cloned((field, value): (&String, &Value)) -> (String, Value) {
    (field.clone(), value.clone())
}

/// What each person changes of their own.
const OWN: &[&str] = &["name", "locale", "time_zone"];

/// The person, who asks, and whether those are one.
#[derive(Debug, Deserialize)]
struct Read {
    role: Role,
    own: bool,
    person: Value,
}

async fn read(app: &App, caller: &Caller, id: &Param) -> Result<Read, Error> {
    let found = caller.ask(app, READ, std::slice::from_ref(id)).await?.body()?;
    serde_json::from_str(&found).map_err(|error| Error::Internal(error.into()))
}

impl Read {
    fn version(&self) -> i64 {
        self.person["version"].as_i64().unwrap_or_default()
    }

    fn permits(&self, patch: &Map<String, Value>) -> Result<(), Error> {
        if self.role != Role::Admin && !self.own {
            return Err(Error::Forbidden("Only administrators change other people.".into()));
        }
        if let Some(field) = patch.keys().find(|field| self.role != Role::Admin && !OWN.contains(&field.as_str())) {
            return Err(Error::Forbidden(format!("Only administrators change {field}.")));
        }
        if !self.person["erased_at"].is_null() && !patch.is_empty() {
            return Err(Error::Conflict("This person was erased and does not change any more.".into()));
        }
        Ok(())
    }
}

impl Change {
    /// The fields that were sent, as they are stored.
    fn checked(&self) -> Result<Map<String, Value>, Error> {
        self.name.as_deref().map_or(Ok(()), readable)?;
        let mut patch = serde_json::to_value(self).map_err(|error| Error::Internal(error.into()))?;
        if let Some(email) = &self.email {
            patch["email"] = address(email)?.into();
        }
        Ok(patch.as_object().cloned().unwrap_or_default())
    }
}
