//! `GET /v1/webhooks`
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

use crate::webhook::Page;

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
    /// Only those that are told of something, or that are not.
    active: Option<bool>,
}

/// Webhooks, the oldest first; administrators only.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", params(Filter),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 403), (status = 503)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<Filter>, uri: Uri) -> Result<Response, Error> {
    let position = match filter.cursor.map(|cursor| app.cursors.open::<2>(NAME, &cursor)).transpose()? {
        Some(position) => position.map(Param::from),
        None => [Param::Text(None), Param::Text(None)],
    };
    let first = [limit(filter.limit)?.into(), Param::Bool(filter.active)];
    let listed = caller.ask_list(&app, LIST, &[first.as_slice(), &position].concat()).await?.body()?;
    page(&app.cursors, NAME, &uri, &listed)
}
const NAME: &str = "webhooks";
const LIST: &str = include_str!("../sql/list.sql");
