//! `GET /v1/notifications`
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::Caller;
use shared::csv::Format;
use shared::db::Param;
use shared::error::Error;
use shared::page::{Shape, Total, limit, shaped};
use utoipa::IntoParams;

use crate::notification::Page;

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Items a page: 1 to 200, 50 if not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Only those that are unread, or with false only those that are read.
    unread: Option<bool>,
    /// Adds `total`: with `unread=true` what a badge shows.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    count: bool,
}

/// The caller's own inbox, the newest first.
#[utoipa::path(get, path = "/v1/notifications", tag = "notifications", params(Filter),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))), (status = 400), (status = 401)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<Filter>, uri: Uri) -> Result<Response, Error> {
    let after = filter.cursor.map(|cursor| app.cursors.open::<1>(LISTED, &cursor)).transpose()?.map(|[id]| id);
    let unread = Param::Bool(filter.unread);
    let listed = caller.ask_list(&app, LIST, &[limit(filter.limit)?.into(), unread.clone(), after.into()]).await?.body()?;
    let total = if filter.count { Some(count(&app, &caller, unread).await?) } else { None };
    shaped(&app.cursors, LISTED, &uri, &listed, &Shape { format: Format::Json, fields: None, columns: &[], total })
}
const LISTED: &str = "notifications";
const COUNTED_TO: i64 = 1_000;
const LIST: &str = include_str!("../sql/list.sql");
const COUNT: &str = include_str!("../sql/count.sql");

async fn count(app: &App, caller: &Caller, unread: Param) -> Result<Total, Error> {
    let counted = caller.ask_list(app, COUNT, &[unread, COUNTED_TO.into()]).await?.body()?;
    let counted = counted.parse().map_err(|error: std::num::ParseIntError| Error::Internal(error.into()))?;
    Ok(Total { counted, bound: COUNTED_TO })
}
