//! `GET /v1/teams`
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

use crate::team::Page;

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Items a page: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Only those whose name holds this; case does not matter.
    #[param(min_length = 1, max_length = 100)]
    q: Option<String>,
    /// Only those that may keep tickets to themselves, or that may not.
    restricted: Option<bool>,
    /// Only those that are active, or not.
    active: Option<bool>,
    /// Only those that the caller is on, or is not on.
    mine: Option<bool>,
}

/// Teams that the caller may know of, by name: requesters are not told of restricted ones.
#[utoipa::path(get, path = "/v1/teams", tag = "teams", params(Filter),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))), (status = 400), (status = 401), (status = 503)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<Filter>, uri: Uri) -> Result<Response, Error> {
    let flags = [filter.restricted, filter.active, filter.mine].map(Param::Bool);
    let position = match filter.cursor.map(|cursor| app.cursors.open::<2>(NAME, &cursor)).transpose()? {
        Some(position) => position.map(Param::from),
        None => [Param::Text(None), Param::Text(None)],
    };
    let first = [limit(filter.limit)?.into(), sought(filter.q)?];
    let listed = caller.ask_list(&app, LIST, &[first.as_slice(), &flags, &position].concat()).await?.body()?;
    page(&app.cursors, NAME, &uri, &listed)
}
const NAME: &str = "teams name";
const LIST: &str = include_str!("../sql/list.sql");

/// What is looked for, if anything.
fn sought(q: Option<String>) -> Result<Param, Error> {
    match q {
        Some(q) if !(1..=100).contains(&q.chars().count()) || q.contains(char::is_control) => {
            Err(Error::BadRequest("q must have 1 to 100 characters, none of them a control character.".into()))
        }
        q => Ok(q.into()),
    }
}
