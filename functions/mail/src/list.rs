//! `GET /v1/mail/set-aside`
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

use crate::set_aside::Page;

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
}

/// Mails that were set aside and wait for somebody to look, the newest first; administrators only.
#[utoipa::path(get, path = "/v1/mail/set-aside", tag = "mail", params(Filter),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 403), (status = 503)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<Filter>, uri: Uri) -> Result<Response, Error> {
    let [after] = match filter.cursor {
        Some(cursor) => app.cursors.open::<1>(LISTED, &cursor)?.map(Param::from),
        None => [Param::Text(None)],
    };
    let listed = caller.ask_list(&app, LIST, &[limit(filter.limit)?.into(), after]).await?.body()?;
    page(&app.cursors, LISTED, &uri, &listed)
}
const LISTED: &str = "mail/set-aside";
const LIST: &str = include_str!("../sql/list.sql");
