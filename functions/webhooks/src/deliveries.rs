//! `GET /v1/webhooks/{id}/deliveries`
use axum::extract::{Path, State};
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

use crate::delivery::{Page, State as Stage};
use crate::webhook;

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
    /// Only those that stand there.
    state: Option<Stage>,
}

/// The log of a webhook's deliveries, the newest event first; administrators only. Kept for 30 days.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = Uuid, Path), Filter),
    responses((status = 200, body = Page, headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401), (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn deliveries(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(filter): Query<Filter>, uri: Uri,
) -> Result<Response, Error> {
    let name = format!("deliveries {id}");
    let position = match filter.cursor.map(|cursor| app.cursors.open::<3>(&name, &cursor)).transpose()? {
        Some(position) => position.map(Param::from),
        None => [(); 3].map(|()| Param::Text(None)),
    };
    let first = [webhook::id(&id)?, limit(filter.limit)?.into(), filter.state.map(Stage::name).into()];
    let listed = caller.ask_list(&app, DELIVERIES, &[first.as_slice(), &position].concat()).await?.body()?;
    page(&app.cursors, &name, &uri, &listed)
}
const DELIVERIES: &str = include_str!("../sql/deliveries.sql");
