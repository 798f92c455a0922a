//! `GET /v1/auth/me`
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::{Caller, Role};
use shared::conditional::json;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

/// The caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct Me {
    id: Uuid,
    email: String,
    name: String,
    role: Role,
    /// The teams.
    teams: Vec<Team>,
    /// What the API key that asks may be used for; none in a session.
    scopes: Option<Vec<String>>,
}

/// A team of the caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
#[schema(as = MyTeam)]
pub(crate) struct Team {
    id: Uuid,
    name: String,
}

/// Who I am, with my role and teams as they are now. The one route here that an API key may ask.
#[utoipa::path(get, path = "/v1/auth/me", tag = "auth", responses((status = 200, body = Me), (status = 401), (status = 503)))]
pub(crate) async fn me(State(app): State<App>, caller: Caller, _: NoQuery) -> Result<Response, Error> {
    Ok(json(StatusCode::OK, caller.ask(&app, ME, &[]).await?.body()?))
}
const ME: &str = include_str!("../sql/me.sql");
