//! `POST /v1/incidents/{id}/merge`
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::error::Error;
use shared::idempotency::{IdempotencyKey, replay};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::explained::explained;
use crate::incident::Incident;
use crate::read::read;

const ROUTE: &str = "POST /v1/incidents/merge ";

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    /// The id or number of the incident that goes on.
    #[schema(example = "INC0000042")]
    into: String,
}

/// Merge an incident into another: comments and watchers move, its caller watches on there, and it is canceled with a link.
#[utoipa::path(post, path = "/v1/incidents/{id}/merge", tag = "incidents", request_body = Merge,
    params(("id" = String, Path, description = "id or number"), ("If-Match" = Option<String>, Header, description = "the ETag read"),
           ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 200, body = Incident, description = "the incident that was merged away"), (status = 400), (status = 401), (status = 403),
              (status = 404), (status = 409, description = "one of them is over, was merged itself, or has children"), (status = 412),
              (status = 413), (status = 415), (status = 422), (status = 429), (status = 503)))]
pub(crate) async fn merge(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, key: IdempotencyKey, asked: Body<Merge>,
) -> Result<Response, Error> {
    loop {
        let before = read(&app, &caller, &id, Some(&key), ROUTE).await?;
        if let Some(stored) = &before.replay {
            return written(replay(stored.get(), &asked.digest)?);
        }
        if_match.check(before.version())?;
        let params = [
            before.id()?.into(),
            before.version().into(),
            asked.value.into.as_str().into(),
            Uuid::now_v7().into(),
            app.now().into(),
            before.role.name().into(),
            key.param(),
            ROUTE.into(),
            asked.digest.as_str().into(),
        ];
        if let Some(body) = explained(caller.ask(&app, MERGE, &params).await)?.found()? {
            return written(body);
        }
        // Somebody else was first, perhaps this same request under its key: look again, before If-Match is judged.
    }
}
const MERGE: &str = include_str!("../sql/merge.sql");
