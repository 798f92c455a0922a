//! `GET /v1/schedules`
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

use crate::schedule::Page;

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Items a page: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Schedules by name; administrators and auditors.
#[utoipa::path(get, path = "/v1/schedules", tag = "schedules", params(Part),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 403)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(part): Query<Part>, uri: Uri) -> Result<Response, Error> {
    let [after] = match part.cursor {
        Some(cursor) => app.cursors.open::<1>(LISTED, &cursor)?.map(Param::from),
        None => [Param::Text(None)],
    };
    page(&app.cursors, LISTED, &uri, &caller.ask_list(&app, LIST, &[limit(part.limit)?.into(), after]).await?.body()?)
}
const LISTED: &str = "schedules";
const LIST: &str = include_str!("../sql/list.sql");
