//! `GET /v1/incidents/{id}`
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::conditional::{IfNoneMatch, found, json};
use shared::db::Json;
use shared::error::Error;
use shared::fields::project;
use utoipa::IntoParams;

use crate::incident::IncidentShown;
use crate::list::GET_EXPANDED;
use crate::shown::Shown;
use crate::slas::with_slas;

/// How much of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only these members.
    #[param(example = "number,state")]
    fields: Option<String>,
    /// Small objects, in `expanded`, of `caller`, `opened_by`, `assignee`, `group`, `parent`, `sla`; the answer has no ETag then.
    #[param(example = "caller,group")]
    expand: Option<String>,
}

/// An incident, by id or number, with its version as ETag.
#[utoipa::path(get, path = "/v1/incidents/{id}", tag = "incidents", params(("id" = String, Path, description = "id or number"), Wanted),
    responses((status = 200, body = IncidentShown), (status = 304), (status = 400), (status = 401), (status = 404)))]
pub(crate) async fn get(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(wanted): Query<Wanted>, unless: IfNoneMatch,
) -> Result<Response, Error> {
    let shown = Shown::parse(wanted.fields.as_deref(), wanted.expand.as_deref())?;
    if let Some(expand) = &shown.expand {
        let body = caller.ask(&app, &GET_EXPANDED, &[expand.as_str().into(), id.into()]).await?.body()?;
        let body = if shown.slas { with_slas(&app, &body).await? } else { body };
        return Ok(unversioned(cut(body, &shown)?));
    }
    let body = caller.ask(&app, GET, &[id.into()]).await?.body()?;
    if shown.fields.is_none() {
        return found(body, &unless);
    }
    // The tag is the whole body's, which has the version in it.
    let mut response = found(body.clone(), &unless)?;
    if response.status() == StatusCode::OK {
        *response.body_mut() = cut(body, &shown)?.into();
    }
    Ok(response)
}
const GET: &str = include_str!("../sql/get.sql");

fn cut(body: Json, shown: &Shown) -> Result<Json, Error> {
    match &shown.fields {
        Some(fields) => project(&body, fields),
        None => Ok(body),
    }
}

/// What is embedded changes without the incident: there is no version to tell it by.
fn unversioned(body: Json) -> Response {
    let mut response = json(StatusCode::OK, body);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response.headers_mut().insert(VARY, HeaderValue::from_static("Authorization, Accept"));
    response
}
