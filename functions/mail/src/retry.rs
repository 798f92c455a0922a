//! `POST /v1/mail/set-aside/{id}/retry`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::caller::{Answer, Caller};
use shared::conditional::json;
use shared::db::{Json, Param};
use shared::error::Error;
use shared::idempotency::{IdempotencyKey, replay};
use shared::write::committed;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::set_aside::id;

const ROUTE: &str = "POST /v1/mail/set-aside/retry ";

/// A mail that is decided anew.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = RetriedMail)]
pub(crate) struct Retried {
    id: Uuid,
    /// `received`: as if it had just come.
    #[schema(example = "received")]
    state: String,
}

/// Take a mail anew that was set aside, for example after its sender was activated again; administrators only. What becomes of it is decided
/// by the order of `docs/MAIL.md` once more, so that it may be set aside again.
#[utoipa::path(post, path = "/v1/mail/set-aside/{id}/retry", tag = "mail",
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 202, body = Retried), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "it is not set aside any more"), (status = 503)))]
pub(crate) async fn retry(State(app): State<App>, caller: Caller, Path(path): Path<String>, key: IdempotencyKey) -> Result<Response, Error> {
    let mail = id(&path)?;
    let body = match caller.ask(&app, RETRY, &[mail.clone(), app.now().into(), key.param(), ROUTE.into()]).await? {
        Answer::Body(text) if text == "\"conflict\"" => answered(&app, &caller, mail, &key).await?,
        answer => committed(&app, &answer.body()?).await?,
    };
    Ok(json(StatusCode::ACCEPTED, body))
}
const RETRY: &str = include_str!("../sql/retry.sql");
const REPLAY: &str = include_str!("../sql/replay.sql");

/// What this key was answered for this mail. A second statement, because the first one's snapshot is older than what it met.
async fn answered(app: &App, caller: &Caller, mail: Param, key: &IdempotencyKey) -> Result<Json, Error> {
    match caller.ask(app, REPLAY, &[ROUTE.into(), mail, key.param()]).await?.found()? {
        Some(stored) => replay(&stored, ""),
        None => Err(Error::Conflict("This mail is not set aside any more.".into())),
    }
}
