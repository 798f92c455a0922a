//! `POST /v1/teams`
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::created;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::once;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::refusal::explained;
use crate::team::{Team, readable};

/// A team to add.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTeam {
    /// Unique.
    #[schema(min_length = 1, max_length = 160, example = "Network")]
    name: String,
    /// What it does.
    #[serde(default)]
    #[schema(max_length = 4000)]
    description: String,
    /// Whether it may keep tickets to itself; not, if not said. An administrator puts the first member on such a team.
    #[serde(default)]
    restricted: bool,
}

/// Add a team; managers and administrators.
#[utoipa::path(post, path = "/v1/teams", tag = "teams", request_body = NewTeam,
    params(("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 201, body = Team), (status = 400), (status = 401), (status = 403), (status = 409, description = "the name is taken"),
              (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn create(State(app): State<App>, caller: Caller, key: IdempotencyKey, new: Body<NewTeam>) -> Result<Response, Error> {
    let team = new.value.with_id(Uuid::now_v7())?;
    let outcome = caller.ask(&app, CREATE, &[team.into(), app.now().into(), key.param(), new.digest.as_str().into()]).await;
    let body = once(&app, &caller, explained(outcome)?, REPLAY, &key, &new.digest).await?;
    created(body, "/v1/teams")
}
const CREATE: &str = include_str!("../sql/create.sql");
const REPLAY: &str = include_str!("../sql/replay.sql");

impl NewTeam {
    fn with_id(self, id: Uuid) -> Result<String, Error> {
        readable(&self.name)?;
        let mut row = serde_json::to_value(self).map_err(|error| Error::Internal(error.into()))?;
        row["id"] = id.to_string().into();
        Ok(row.to_string())
    }
}
