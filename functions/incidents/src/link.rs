//! `POST /v1/incidents/{id}/links`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Body;
use shared::caller::{Answer, Caller, Refusal};
use shared::conditional::json;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::committed;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::explained::explained;
use crate::links::{Kind, Link};
use crate::replay::replayed;

const ROUTE: &str = "POST /v1/incidents/links ";

/// Two incidents that have to do with each other.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLink {
    /// What this incident is to the other.
    kind: Kind,
    /// The other's id or number.
    #[schema(example = "INC0000042")]
    ticket: String,
}

/// Link an incident to another. Both must be yours to see; the other one shows the link too.
#[utoipa::path(post, path = "/v1/incidents/{id}/links", tag = "incidents", request_body = NewLink,
    params(("id" = String, Path, description = "id or number"),
           ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 201, body = Link), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "linked in this way already"), (status = 413), (status = 415), (status = 422),
              (status = 429), (status = 503)))]
pub(crate) async fn link(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, key: IdempotencyKey, new: Body<NewLink>,
) -> Result<Response, Error> {
    let kind = serde_json::to_value(new.value.kind).map_err(|error| Error::Internal(error.into()))?;
    let params = [
        id.as_str().into(),
        new.value.ticket.into(),
        kind.as_str().into(),
        Uuid::now_v7().into(),
        app.now().into(),
        key.param(),
        ROUTE.into(),
        new.digest.as_str().into(),
    ];
    let body = match explained(caller.ask(&app, LINK, &params).await)? {
        Answer::Refused(Refusal::Replay) => replayed(&app, &caller, ROUTE, &key, Some(&id), &new.digest).await?,
        answer => committed(&app, &answer.body()?).await?,
    };
    Ok(json(StatusCode::CREATED, body))
}
const LINK: &str = include_str!("../sql/link.sql");
