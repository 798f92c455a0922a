//! `GET /v1/incidents`
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::{Answer, Caller, Refusal, Role};
use shared::db::Param;
use shared::error::Error;
use shared::page::{limit, page};
use shared::rules::lifecycle::State as Stage;
use utoipa::IntoParams;

use crate::incident::Page;

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Items a page: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// `-opened_at` if not said.
    #[serde(default)]
    sort: Sort,
    /// Only those in this state.
    state: Option<Stage>,
    /// Only those of this priority, 1 to 5.
    #[param(minimum = 1, maximum = 5)]
    priority: Option<i64>,
}

/// The orders: the key, and the id where keys are equal; `-` is newest first.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
pub(crate) enum Sort {
    #[default]
    #[serde(rename = "-opened_at")]
    NewestOpened,
    #[serde(rename = "opened_at")]
    OldestOpened,
    #[serde(rename = "-updated_at")]
    NewestUpdated,
    #[serde(rename = "updated_at")]
    OldestUpdated,
}

/// Incidents that the caller may see, by keyset pages.
#[utoipa::path(get, path = "/v1/incidents", tag = "incidents", params(Filter),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))), (status = 400), (status = 401)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<Filter>, uri: Uri) -> Result<Response, Error> {
    let (name, column, [all, own]) = filter.sort.order();
    let mut params = vec![limit(filter.limit)?.into(), filter.state.map(Stage::name).into(), priority(filter.priority)?.into()];
    match filter.cursor.map(|cursor| app.cursors.open::<2>(name, &cursor)).transpose()? {
        Some(position) => params.extend(position.map(Param::from)),
        None => params.extend([Param::Text(None), Param::Text(None)]),
    }
    params.push(column.into());
    let (first, second) = if caller.role_hint == Role::Requester { (own, all) } else { (all, own) };
    let listed = match caller.ask_list(&app, first, &params).await? {
        // The role changed since the token was made.
        Answer::Refused(Refusal::Role) => caller.ask_list(&app, second, &params).await?,
        answer => answer,
    };
    page(&app.cursors, name, &uri, &listed.body()?)
}

fn priority(asked: Option<i64>) -> Result<Option<i64>, Error> {
    match asked {
        None | Some(1..=5) => Ok(asked),
        Some(_) => Err(Error::BadRequest("priority must be from 1 to 5.".into())),
    }
}

impl Sort {
    /// The cursor's name, the column, and the statement: for those who see more than their own, and for requesters.
    fn order(self) -> (&'static str, &'static str, [&'static str; 2]) {
        match self {
            Self::NewestOpened => ("incidents -opened_at", "opened_at", NEWEST_OPENED),
            Self::OldestOpened => ("incidents opened_at", "opened_at", OLDEST_OPENED),
            Self::NewestUpdated => ("incidents -updated_at", "updated_at", NEWEST_UPDATED),
            Self::OldestUpdated => ("incidents updated_at", "updated_at", OLDEST_UPDATED),
        }
    }
}

/// All of them, for the test that prepares every statement: the files alone are fragments.
pub const STATEMENTS: [[&str; 2]; 4] = [NEWEST_OPENED, OLDEST_OPENED, NEWEST_UPDATED, OLDEST_UPDATED];
/// Each order is its own statement text: a plan must know its index. `concat!` takes literals alone, hence a macro.
macro_rules! ordered {
    ($order:literal) => {
        [
            concat!(include_str!("../sql/list.sql"), $order, include_str!("../sql/list_page.sql")),
            concat!(include_str!("../sql/list_own.sql"), $order, include_str!("../sql/list_page.sql")),
        ]
    };
}
const NEWEST_OPENED: [&str; 2] =
    ordered!("and ($5::text is null or (t.opened_at, t.id) < ($5::text::timestamptz, $6::text::uuid)) order by t.opened_at desc, t.id desc\n");
const OLDEST_OPENED: [&str; 2] =
    ordered!("and ($5::text is null or (t.opened_at, t.id) > ($5::text::timestamptz, $6::text::uuid)) order by t.opened_at, t.id\n");
const NEWEST_UPDATED: [&str; 2] =
    ordered!("and ($5::text is null or (t.updated_at, t.id) < ($5::text::timestamptz, $6::text::uuid)) order by t.updated_at desc, t.id desc\n");
const OLDEST_UPDATED: [&str; 2] =
    ordered!("and ($5::text is null or (t.updated_at, t.id) > ($5::text::timestamptz, $6::text::uuid)) order by t.updated_at, t.id\n");
