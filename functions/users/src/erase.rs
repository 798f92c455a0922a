//! `POST /v1/users/{id}/erasure`
use axum::extract::{Path, State};
use axum::response::Response;
use shared::app::App;
use shared::caller::Caller;
use shared::conditional::written;
use shared::error::Error;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::refusal::explained;
use crate::user::User;

/// Erase a person's data (GDPR, article 17), in place and for good; administrators only. A repeat gets the same answer.
///
/// Name and e-mail address become a pseudonym; password, sessions, API keys, preferences and teams go. What they did stays, under the pseudonym,
/// and so does the free text of tickets and comments: whoever must remove a name there edits it there.
#[utoipa::path(post, path = "/v1/users/{id}/erasure", tag = "users", params(("id" = Uuid, Path)),
    responses((status = 200, body = User), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "oneself, or the last active administrator"), (status = 503)))]
pub(crate) async fn erase(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Error> {
    let id: Hyphenated = id.parse().map_err(|_| Error::NotFound)?;
    let params = [Uuid::from(id).into(), app.now().into()];
    written(explained(caller.ask(&app, ERASE, &params).await)?.body()?)
}
const ERASE: &str = include_str!("../sql/erase.sql");
