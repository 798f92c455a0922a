//! `GET /v1/auth/sessions`
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
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A log-in that still counts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct OpenSession {
    id: Uuid,
    /// When it was opened.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it was last refreshed.
    #[schema(format = "date-time")]
    refreshed_at: Option<String>,
    /// When it ends if it is not refreshed before.
    #[schema(format = "date-time")]
    expires_at: String,
    /// Whether it is the one that asks.
    current: bool,
    /// What the client called itself when it was opened or last refreshed.
    user_agent: Option<String>,
    /// Where from.
    address: Option<String>,
}

/// A page of them, newest first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct Sessions {
    items: Vec<OpenSession>,
    /// For the page after this one.
    next: Option<String>,
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Items a page: 1 to 200, 50 if not said.
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl Part {
    /// Limit and position, for a list by creation and id.
    pub(crate) fn params(&self, app: &App, list: &str) -> Result<[Param; 3], Error> {
        let position = self.cursor.as_deref().map(|cursor| app.cursors.open::<2>(list, cursor)).transpose()?;
        let [created_at, id] = position.map_or([None, None], |position| position.map(Some));
        Ok([limit(self.limit)?.into(), created_at.into(), id.into()])
    }
}

const LIST: &str = "sessions -created_at";

/// My sessions that still count, newest first.
#[utoipa::path(get, path = "/v1/auth/sessions", tag = "auth", params(Part),
    responses((status = 200, body = Sessions, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 403), (status = 503)))]
pub(crate) async fn sessions(State(app): State<App>, caller: Caller, Query(part): Query<Part>, uri: Uri) -> Result<Response, Error> {
    let listed = caller.ask_list(&app, SESSIONS, &part.params(&app, LIST)?).await?.body()?;
    page(&app.cursors, LIST, &uri, &listed)
}
const SESSIONS: &str = include_str!("../sql/sessions.sql");
