//! `GET /v1/users`
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::{Caller, Role};
use shared::db::Param;
use shared::error::Error;
use shared::page::{limit, page};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::user::Page;

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Items a page: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// `name` if not said.
    #[serde(default)]
    sort: Sort,
    /// Only those in this role.
    role: Option<Role>,
    /// Only those who are active, or not.
    active: Option<bool>,
    /// Only those on this team.
    team: Option<Uuid>,
    /// Only those whose name or e-mail address holds this; case does not matter.
    #[param(min_length = 1, max_length = 100)]
    q: Option<String>,
}

/// The orders: the key, and the id where keys are equal; `-` is newest first.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[schema(as = UserSort)]
pub(crate) enum Sort {
    #[default]
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-created_at")]
    Newest,
}

/// People that the caller may see, by keyset pages: requesters see themselves alone.
#[utoipa::path(get, path = "/v1/users", tag = "users", params(Filter),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))), (status = 400), (status = 401), (status = 503)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<Filter>, uri: Uri) -> Result<Response, Error> {
    let (name, statement) = match filter.sort {
        Sort::Name => ("users name", LIST),
        Sort::Newest => ("users -created_at", LIST_NEWEST),
    };
    let params = [limit(filter.limit)?.into(), filter.role.map(Role::name).into(), Param::Bool(filter.active), filter.team.into(), sought(filter.q)?];
    let [key, id] = match filter.cursor.map(|cursor| app.cursors.open::<2>(name, &cursor)).transpose()? {
        Some(position) => position.map(Param::from),
        None => [Param::Text(None), Param::Text(None)],
    };
    let listed = caller.ask_list(&app, statement, &[params.as_slice(), &[key, id]].concat()).await?.body()?;
    page(&app.cursors, name, &uri, &listed)
}
const LIST: &str = include_str!("../sql/list.sql");
const LIST_NEWEST: &str = include_str!("../sql/list_newest.sql");

/// What is looked for, if anything.
fn sought(q: Option<String>) -> Result<Param, Error> {
    match q {
        Some(q) if !(1..=100).contains(&q.chars().count()) || q.contains(char::is_control) => {
            Err(Error::BadRequest("q must have 1 to 100 characters, none of them a control character.".into()))
        }
        q => Ok(q.into()),
    }
}
