//! `POST /v1/users`
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::Body;
use shared::caller::{Caller, Role};
use shared::conditional::created;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::once;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::refusal::explained;
use crate::user::{User, address, readable};

/// A person to add.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// Unique; kept in lower case.
    #[schema(max_length = 254, example = "ada@example.com")]
    email: String,
    /// What to call them.
    #[schema(min_length = 1, max_length = 160, example = "Ada Admin")]
    name: String,
    /// `requester` if not said.
    #[serde(default = "requester")]
    role: Role,
    /// A language tag (BCP 47).
    #[schema(max_length = 35, example = "de-AT")]
    locale: Option<String>,
    /// A time zone of the IANA database.
    #[schema(max_length = 64, example = "Europe/Vienna")]
    time_zone: Option<String>,
}

fn requester() -> Role {
    Role::Requester
}

/// Add a person; administrators only. They have no password yet: they set one by resetting it.
#[utoipa::path(post, path = "/v1/users", tag = "users", request_body = NewUser,
    params(("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 201, body = User), (status = 400), (status = 401), (status = 403), (status = 409, description = "the address is taken"),
              (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn create(State(app): State<App>, caller: Caller, key: IdempotencyKey, new: Body<NewUser>) -> Result<Response, Error> {
    let person = new.value.with_id(Uuid::now_v7())?;
    let outcome = caller.ask(&app, CREATE, &[person.into(), app.now().into(), key.param(), new.digest.as_str().into()]).await;
    let body = once(&app, &caller, explained(outcome)?, REPLAY, &key, &new.digest).await?;
    created(body, "/v1/users")
}
const CREATE: &str = include_str!("../sql/create.sql");
const REPLAY: &str = include_str!("../sql/replay.sql");

impl NewUser {
    fn with_id(mut self, id: Uuid) -> Result<String, Error> {
        readable(&self.name)?;
        self.email = address(&self.email)?;
        let mut row = serde_json::to_value(self).map_err(|error| Error::Internal(error.into()))?;
        row["id"] = id.to_string().into();
        Ok(row.to_string())
    }
}
