//! `POST /v1/incidents/bulk`
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use shared::app::App;
use shared::body::{Body, parse, sha256_hex};
use shared::caller::Caller;
use shared::conditional::{IfMatch, json};
use shared::db::Json;
use shared::error::{Error, FieldError, Problem};
use shared::idempotency::{IdempotencyKey, replay};
use utoipa::ToSchema;

use crate::terms::Terms;
use crate::{comment, transition, update};

/// Operations of a bulk at most.
const MOST: usize = 200;

/// Many changes at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bulk {
    /// 1 to 200, done one after the other.
    #[schema(min_items = 1, max_items = 200)]
    operations: Vec<Operation>,
}

/// One of them.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    /// The incident's id or number.
    #[schema(example = "INC0000042")]
    id: String,
    /// What to do.
    method: Method,
    /// As the route of that method takes it.
    #[schema(value_type = Object, example = json!({"assigned_to": "01a207f3-7312-7579-b6be-8b884b4f3745"}))]
    body: Map<String, Value>,
    /// The version that it must have; not with a comment.
    if_match: Option<i64>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    /// `PATCH /v1/incidents/{id}`
    Patch,
    /// `POST /v1/incidents/{id}/transitions`
    Transition,
    /// `POST /v1/incidents/{id}/comments`
    Comment,
}

/// What became of them, in the order asked.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Outcomes {
    #[schema(value_type = Vec<Outcome>)]
    items: Vec<Box<RawValue>>,
}

/// What became of one: the body or the problem that its own route would have answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcome<'a> {
    /// As it was asked.
    id: &'a str,
    /// The status code.
    status: u16,
    /// The incident or the comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    body: Option<Box<RawValue>>,
    /// Why not; its pointers are into the operation's body.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ItemProblem>,
}

/// A problem (RFC 9457) of one operation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemProblem {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    errors: Vec<FieldError>,
}

/// Change many incidents. Each operation succeeds or fails for itself; a repeat under the same key does none of them twice.
#[utoipa::path(post, path = "/v1/incidents/bulk", tag = "incidents", request_body = Bulk,
    params(("Idempotency-Key" = Option<String>, Header, description = "one for all: a repeat within 24 hours gets the same answer")),
    responses((status = 200, body = Outcomes, description = "each with its own status"), (status = 400), (status = 401), (status = 413),
              (status = 415), (status = 422), (status = 429), (status = 503)))]
pub(crate) async fn bulk(State(app): State<App>, caller: Caller, key: IdempotencyKey, asked: Body<Bulk>) -> Result<Response, Error> {
    let operations = &asked.value.operations;
    if !(1..=MOST).contains(&operations.len()) {
        return Err(Error::invalid("/operations", "There are 1 to 200 of them."));
    }
    if let Some(outcomes) = stored(&app, &caller, &key, &asked.digest).await? {
        return answered(&outcomes);
    }
    let mut items = Vec::with_capacity(operations.len());
    for (at, operation) in operations.iter().enumerate() {
        items.push(outcome(&app, &caller, operation, key.part(at)).await?);
    }
    let outcomes = Outcomes { items };
    if key.is_given() {
        let answer = serde_json::to_string(&outcomes).map_err(internal)?;
        caller.ask(&app, BULK, &[key.param(), asked.digest.as_str().into(), answer.into()]).await?;
    }
    answered(&outcomes)
}
const BULK: &str = include_str!("../sql/bulk.sql");
const BULK_REPLAY: &str = include_str!("../sql/bulk_replay.sql");

fn answered(outcomes: &Outcomes) -> Result<Response, Error> {
    Ok(json(StatusCode::OK, serde_json::to_string(outcomes).map_err(internal)?))
}

/// What the key was answered before.
async fn stored(app: &App, caller: &Caller, key: &IdempotencyKey, digest: &str) -> Result<Option<Outcomes>, Error> {
    if !key.is_given() {
        return Ok(None);
    }
    let Some(stored) = caller.ask(app, BULK_REPLAY, &[key.param()]).await?.found()? else { return Ok(None) };
    serde_json::from_str(&replay(&stored, digest)?).map(Some).map_err(internal)
}

/// Does one; only what would fail all the others too is an error of the whole, and what is done by then keeps its own key.
async fn outcome(app: &App, caller: &Caller, operation: &Operation, key: IdempotencyKey) -> Result<Box<RawValue>, Error> {
    let (status, body, problem) = match perform(app, caller, operation, key).await {
        Ok((status, body)) => (status, Some(RawValue::from_string(body).map_err(internal)?), None),
        Err(error @ (Error::Unauthenticated(_) | Error::TooManyRequests(_) | Error::Unavailable(_) | Error::Internal(_))) => return Err(error),
        Err(error) => {
            let problem = problem(error);
            (StatusCode::from_u16(problem.status).unwrap_or_default(), None, Some(problem))
        }
    };
    to_raw_value(&Outcome { id: &operation.id, status: status.as_u16(), body, problem }).map_err(internal)
}

async fn perform(app: &App, caller: &Caller, operation: &Operation, key: IdempotencyKey) -> Result<(StatusCode, Json), Error> {
    if matches!(operation.method, Method::Comment) && operation.if_match.is_some() {
        return Err(Error::invalid("", "A comment does not change the incident's version: leave if_match out."));
    }
    let (id, body) = (operation.id.as_str(), Value::Object(operation.body.clone()).to_string());
    let digest = sha256_hex(&serde_json::to_string(operation).map_err(internal)?);
    let terms = Terms { if_match: IfMatch::version(operation.if_match), key, digest };
    Ok(match operation.method {
        Method::Patch => (StatusCode::OK, update::perform(app, caller, id, &terms, &parse(body.as_bytes())?).await?),
        Method::Transition => (StatusCode::OK, transition::perform(app, caller, id, &terms, &parse(body.as_bytes())?).await?),
        Method::Comment => (StatusCode::CREATED, comment::perform(app, caller, id, &terms, &parse(body.as_bytes())?).await?),
    })
}

/// The problem as the error's own response has it.
fn problem(error: Error) -> ItemProblem {
    let mut response = error.into_response();
    let status = response.status().as_u16();
    let found = response.extensions_mut().remove::<Problem>();
    let Problem { kind, title, detail, errors } =
        found.unwrap_or(Problem { kind: "internal", title: "Internal error", detail: String::new(), errors: Vec::new() });
    ItemProblem { r#type: format!("urn:itsm:problem:{kind}"), title, status, detail, errors }
}

fn internal(error: serde_json::Error) -> Error {
    Error::Internal(error.into())
}
