//! `POST /v1/auth/refresh`
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Body;
use shared::client::Client;
use shared::error::Error;
use utoipa::ToSchema;

use crate::refresh_token::RefreshToken;
use crate::session::{DAYS, Session, Tokens, signer, tokens};

/// The refresh token of the last answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    refresh_token: String,
}

const SPENT: Error = Error::Unauthenticated("The refresh token is not valid or was used before: log in again.");

/// New tokens for old. A refresh token is good once. For 10 seconds more it gets the same new one again, for two tabs or a lost answer;
/// after that one that comes back was copied, and its session ends.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "auth", request_body = Refresh, security(()),
    responses((status = 200, body = Tokens), (status = 400), (status = 401), (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn refresh(State(app): State<App>, client: Client, shown: Body<Refresh>) -> Result<Response, Error> {
    let shown = RefreshToken::parse(&shown.value.refresh_token).ok_or(SPENT)?;
    let next = shown.successor(signer(&app)?);
    let params =
        [shown.family().into(), shown.hash().into(), next.hash().into(), DAYS.into(), client.agent.as_deref().into(), client.address().into()];
    let session: Option<Session> = app.db.get(REFRESH, &params).await?;
    tokens(&app, &session.ok_or(SPENT)?, next)
}
const REFRESH: &str = include_str!("../sql/refresh.sql");
