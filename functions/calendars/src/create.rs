//! `POST /v1/calendars`
use axum::extract::State;
use axum::response::Response;
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::created;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::once;
use uuid::Uuid;

use crate::calendar::{Calendar, Fields};
use crate::refusal::explained;

/// Add a calendar; managers and administrators.
#[utoipa::path(post, path = "/v1/calendars", tag = "calendars", request_body = Fields,
    params(("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 201, body = Calendar), (status = 400), (status = 401), (status = 403), (status = 409, description = "the name is taken"),
              (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn create(State(app): State<App>, caller: Caller, key: IdempotencyKey, new: Body<Fields>) -> Result<Response, Error> {
    let fields = serde_json::to_string(&new.value.checked()?).map_err(|error| Error::Internal(error.into()))?;
    let params = [Uuid::now_v7().into(), fields.into(), app.now().into(), key.param(), new.digest.as_str().into()];
    let body = once(&app, &caller, explained(caller.ask(&app, CREATE, &params).await)?, REPLAY, &key, &new.digest).await?;
    created(body, "/v1/calendars")
}
const CREATE: &str = include_str!("../sql/create.sql");
const REPLAY: &str = include_str!("../sql/replay.sql");
