//! `GET /v1/jobs`
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::db::Param;
use shared::error::Error;
use shared::page::{limit, page};
use utoipa::IntoParams;

use crate::job::{Page, State as Stage};

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Items a page: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Only those in this state.
    state: Option<Stage>,
    /// Only those of this queue.
    queue: Option<String>,
}

/// Jobs, the newest first; administrators and auditors.
#[utoipa::path(get, path = "/v1/jobs", tag = "jobs", params(Filter),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 403)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<Filter>, uri: Uri) -> Result<Response, Error> {
    let after = match filter.cursor {
        Some(cursor) => app.cursors.open::<1>(LISTED, &cursor)?.map(Param::from),
        None => [Param::Text(None)],
    };
    let [after] = after;
    let params = [limit(filter.limit)?.into(), filter.state.map(Stage::name).into(), filter.queue.into(), after];
    page(&app.cursors, LISTED, &uri, &caller.ask_list(&app, LIST, &params).await?.body()?)
}
const LISTED: &str = "jobs";
const LIST: &str = include_str!("../sql/list.sql");
