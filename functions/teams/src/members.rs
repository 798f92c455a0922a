//! `GET /v1/teams/{id}/members`
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Query;
use shared::caller::{Caller, Role};
use shared::db::Param;
use shared::error::Error;
use shared::page::{limit, page};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::team;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Items a page: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of members.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Members {
    /// By name.
    items: Vec<Member>,
    /// For the page after this one.
    next: Option<String>,
}

/// Somebody on a team.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Member {
    /// `users.id`
    id: Uuid,
    /// In lower case.
    email: String,
    /// What to call them.
    name: String,
    /// What they may do.
    role: Role,
    /// Whether they may log in.
    active: bool,
}

/// Who is on a team, for those who work; on a restricted one, for its members and administrators.
#[utoipa::path(get, path = "/v1/teams/{id}/members", tag = "teams", params(("id" = Uuid, Path), Part),
    responses((status = 200, body = Members, headers(("Link" = String, description = "rel=next, RFC 8288"))), (status = 400), (status = 401),
              (status = 404), (status = 503)))]
pub(crate) async fn members(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    let (team, name) = (team::id(&id)?, format!("team members {id}"));
    let [key, user] = match part.cursor.map(|cursor| app.cursors.open::<2>(&name, &cursor)).transpose()? {
        Some(position) => position.map(Param::from),
        None => [Param::Text(None), Param::Text(None)],
    };
    let listed = caller.ask_list(&app, MEMBERS, &[team, limit(part.limit)?.into(), key, user]).await?.body()?;
    page(&app.cursors, &name, &uri, &listed)
}
const MEMBERS: &str = include_str!("../sql/members.sql");
