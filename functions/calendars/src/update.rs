//! `PATCH /v1/calendars/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value};
use shared::app::App;
use shared::body::{Body, parse};
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::error::Error;
use shared::patch::merged;

use crate::calendar::{self, Calendar, Fields};
use crate::read::read;

/// Change a calendar: a JSON Merge Patch (RFC 7396); a list is replaced whole. Managers and administrators. Clocks that run in it are
/// computed anew by a job.
#[utoipa::path(patch, path = "/v1/calendars/{id}", tag = "calendars", request_body = Object,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = Calendar), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "the name is taken, or active definitions are in it"), (status = 412), (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn update(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, patch: Body<Map<String, Value>>,
) -> Result<Response, Error> {
    let id = calendar::id(&id)?;
    loop {
        let before = read(&app, &caller, &id).await?;
        if_match.check(before.version)?;
        let after = merged(Value::Object(before.fields.clone()), &patch.value);
        let fields = parse::<Fields>(after.to_string().as_bytes())?.checked()?;
        match before.change(&app, &caller, &id, &fields).await? {
            Some(body) => return written(body),
            None if if_match.is_given() => return Err(Error::PreconditionFailed),
            None => {} // somebody else was first: look again
        }
    }
}
