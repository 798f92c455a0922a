//! `GET /v1/settings`
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::{IfNoneMatch, found};
use shared::error::Error;
use utoipa::ToSchema;

/// The desk's settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct Settings {
    /// Days after which a resolved incident closes by itself, 0 to 365.
    auto_close_days: i64,
    /// The matrix, by impact and urgency.
    priorities: Vec<Priority>,
    /// Its ETag.
    version: i64,
    /// When it last changed.
    #[schema(format = "date-time")]
    updated_at: String,
}

/// One cell of the priority matrix.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Priority {
    /// 1 High, 2 Medium, 3 Low.
    #[schema(minimum = 1, maximum = 3)]
    pub(crate) impact: i64,
    /// 1 High, 2 Medium, 3 Low.
    #[schema(minimum = 1, maximum = 3)]
    pub(crate) urgency: i64,
    /// 1 Critical to 5 Planning.
    #[schema(minimum = 1, maximum = 5)]
    pub(crate) priority: i64,
}

/// The settings, for everybody who is logged in.
#[utoipa::path(get, path = "/v1/settings", tag = "settings", responses((status = 200, body = Settings), (status = 304), (status = 401)))]
pub(crate) async fn get(State(app): State<App>, caller: Caller, _: NoQuery, unless: IfNoneMatch) -> Result<Response, Error> {
    found(caller.ask(&app, GET, &[]).await?.body()?, &unless)
}
const GET: &str = include_str!("../sql/get.sql");
