//! `POST /v1/auth/refresh`
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::{Body, sha256_hex};
use shared::error::Error;
use utoipa::ToSchema;

use crate::session::{DAYS, Session, Tokens, answer, new_refresh_token, tokens};

/// The refresh token of the last answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    refresh_token: String,
}

/// New tokens for old. A refresh token is good once: one that comes back was copied, and its session ends.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "auth", request_body = Refresh, security(()),
    responses((status = 200, body = Tokens), (status = 400), (status = 401), (status = 422)))]
pub(crate) async fn refresh(State(app): State<App>, old: Body<Refresh>) -> Result<Response, Error> {
    let new = new_refresh_token()?;
    let params = [sha256_hex(&old.value.refresh_token).into(), sha256_hex(&new).into(), DAYS.into()];
    let session: Option<Session> = app.db.get(REFRESH, &params).await?;
    let session = session.ok_or(Error::Unauthenticated("The refresh token is not valid or was used before: log in again."))?;
    Ok(answer(tokens(&app, &session, new)?))
}
const REFRESH: &str = include_str!("../sql/refresh.sql");
