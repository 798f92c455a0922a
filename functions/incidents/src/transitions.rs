//! `GET /v1/incidents/{id}/transitions`
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::{Caller, Role};
use shared::conditional::{IfNoneMatch, found};
use shared::error::Error;
use shared::rules::lifecycle::{Requirement, State as Stage};
use utoipa::ToSchema;

use crate::read::read;

/// Where an incident may go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Transitions {
    /// Where it stands.
    state: Stage,
    /// The version that this is true for; it is the ETag.
    version: i64,
    /// What this caller may do.
    items: Vec<Allowed>,
}

/// One allowed target.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Allowed {
    /// The state.
    to: Stage,
    /// What the request must bring where the incident does not have it yet.
    requires: &'static [Requirement],
}

/// The targets open to the caller, each with the fields it requires.
#[utoipa::path(get, path = "/v1/incidents/{id}/transitions", tag = "incidents", params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = Transitions), (status = 401), (status = 404)))]
pub(crate) async fn transitions(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, _: NoQuery, unless: IfNoneMatch,
) -> Result<Response, Error> {
    let read = read(&app, &caller, &id, None, "").await?;
    let state = read.current()?.state;
    let open = state.targets().iter().filter(|to| may(read.role, read.own, state, **to));
    let items = open.map(|to| Allowed { to: *to, requires: state.step_requires(*to) }).collect();
    let body = Transitions { state, version: read.version(), items };
    found(serde_json::to_string(&body).map_err(|error| Error::Internal(error.into()))?, &unless)
}

/// Agents follow the lifecycle; the incident's own caller takes it back, objects or agrees; nobody else moves it.
pub(crate) fn may(role: Role, own: bool, from: Stage, to: Stage) -> bool {
    role.works_tickets() || role == Role::Requester && own && from.open_to_its_caller(to)
}
