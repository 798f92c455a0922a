//! `GET /v1/rules/{id}/runs`
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::db::Param;
use shared::error::Error;
use shared::page::{limit, page};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::rule;

/// What a rule did, or why it did nothing, on one occasion on which its conditions held.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = RuleRun)]
pub(crate) struct Run {
    /// Counts up.
    id: i64,
    /// The event, or the ticket and when its time began.
    occasion: String,
    ticket_id: Uuid,
    number: String,
    /// The rule's, as it ran.
    rule_version: i64,
    outcome: Outcome,
    /// Why it did nothing.
    error: Option<String>,
    /// What it did.
    #[schema(value_type = Option<Object>)]
    plan: Option<Value>,
    /// The rules whose runs led here, the first one first.
    chain: Vec<Uuid>,
    #[schema(format = "date-time")]
    at: String,
}

/// What became of a run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code)]
#[schema(as = RuleOutcome)]
pub(crate) enum Outcome {
    /// It was carried out.
    Done,
    /// It would have gone in a circle.
    Skipped,
    /// The lifecycle or the desk's rules did not permit it.
    Failed,
}

/// A page of runs, the newest first.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = RuleRuns)]
pub(crate) struct Runs {
    items: Vec<Run>,
    /// The cursor of the next page, or null.
    next: Option<String>,
}

/// Which part.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Items a page: 1 to 200, 50 if not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A rule's runs, the newest first; administrators only.
#[utoipa::path(get, path = "/v1/rules/{id}/runs", tag = "rules", params(("id" = Uuid, Path), Part),
    responses((status = 200, body = Runs, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn runs(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    let name = format!("rule runs {id}");
    let [after] = match part.cursor {
        Some(cursor) => app.cursors.open::<1>(&name, &cursor)?.map(Param::from),
        None => [Param::Text(None)],
    };
    let params = [rule::id(&id)?, limit(part.limit)?.into(), after];
    page(&app.cursors, &name, &uri, &caller.ask_list(&app, RUNS, &params).await?.body()?)
}
const RUNS: &str = include_str!("../sql/runs.sql");
