//! `PATCH /v1/slas/{id}`
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::app::App;
use shared::body::{Body, parse};
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::db::Param;
use shared::error::Error;
use shared::patch::merged;
use shared::write::committed;

use crate::refusal::explained;
use crate::sla::{self, Fields, Sla};

/// Change a definition: a JSON Merge Patch (RFC 7396); managers and administrators. What stands with it is computed anew by a job.
#[utoipa::path(patch, path = "/v1/slas/{id}", tag = "slas", request_body = Object,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = Sla), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409, description = "the name is taken"),
              (status = 412), (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn update(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, patch: Body<Map<String, Value>>,
) -> Result<Response, Error> {
    let id = sla::id(&id)?;
    loop {
        let before = read(&app, &caller, &id).await?;
        if_match.check(before.version)?;
        let after = merged(Value::Object(before.fields.clone()), &patch.value);
        let fields: Fields = parse(after.to_string().as_bytes())?;
        fields.check()?;
        let set = serde_json::to_value(&fields).map_err(|error| Error::Internal(error.into()))?;
        if set == Value::Object(before.fields) {
            return written(before.sla.to_string());
        }
        let params = [id.clone(), before.version.into(), set.to_string().into(), app.now().into()];
        match explained(caller.ask(&app, UPDATE, &params).await)?.found()? {
            Some(statement) => return written(committed(&app, &statement).await?),
            None if if_match.is_given() => return Err(Error::PreconditionFailed),
            None => {} // somebody else was first: look again
        }
    }
}
const UPDATE: &str = include_str!("../sql/update.sql");
const READ: &str = include_str!("../sql/read.sql");

/// The definition as it is answered, and what of it can be written.
#[derive(Debug, Deserialize)]
struct Read {
    sla: Box<serde_json::value::RawValue>,
    fields: Map<String, Value>,
    version: i64,
}

async fn read(app: &App, caller: &Caller, id: &Param) -> Result<Read, Error> {
    let found = caller.ask(app, READ, std::slice::from_ref(id)).await?.body()?;
    serde_json::from_str(&found).map_err(|error| Error::Internal(error.into()))
}
