//! `GET /v1/users/{id}/export`
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
use utoipa::{IntoParams, ToSchema};

use crate::user::named;

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

/// A page of what is held about a person.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct ExportPage {
    /// Part by part, in the order of `part`'s values.
    items: Vec<Piece>,
    /// For the page after this one; none at the end.
    next: Option<String>,
}

/// One thing that is held about a person.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Piece {
    /// What it is.
    part: Kind,
    /// The thing itself.
    #[schema(value_type = Object)]
    data: serde_json::Map<String, serde_json::Value>,
}

/// The parts of an export.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PieceKind)]
pub(crate) enum Kind {
    /// The person.
    Profile,
    /// A team they are on.
    Team,
    /// A log-in, without its secrets.
    Session,
    /// An API key, without the key.
    ApiKey,
    /// A reset of their password that somebody issued.
    PasswordReset,
    /// A ticket that they called in, opened, work on or watch.
    Ticket,
    /// A public comment of theirs.
    Comment,
    /// Something they did: when, to what, which verb.
    Deed,
    /// Something that was done to their account.
    Account,
    /// What they said they want to hear of, by kind of event.
    Preferences,
    /// An entry of their inbox.
    Notification,
    /// A mail to them.
    Mail,
}

/// All that the platform holds about a person (GDPR, articles 15 and 20), for themselves and for administrators, by keyset pages.
///
/// Of tickets it has those that the caller may see; an administrator's export has all.
#[utoipa::path(get, path = "/v1/users/{id}/export", tag = "users", params(("id" = String, Path, description = "id or `me`"), Part),
    responses((status = 200, body = ExportPage, headers(("Link" = String, description = "rel=next, RFC 8288"))), (status = 400), (status = 401),
              (status = 403), (status = 404), (status = 503)))]
pub(crate) async fn export(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, Query(part): Query<Part>, uri: Uri,
) -> Result<Response, Error> {
    let (who, name) = (named(&id)?, format!("user export {id}"));
    let position = match part.cursor {
        Some(cursor) => app.cursors.open::<5>(&name, &cursor)?,
        None => ["0", "00000000-0000-0000-0000-000000000000", "0", "0", "0"].map(str::to_owned),
    };
    let mut params = vec![who, limit(part.limit)?.into()];
    params.extend(position.map(Param::from));
    let listed = caller.ask_list(&app, EXPORT, &params).await?.body()?;
    page(&app.cursors, &name, &uri, &listed)
}
const EXPORT: &str = include_str!("../sql/export.sql");
