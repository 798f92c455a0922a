//! A session's tokens: a short access token (JWT) and an opaque refresh token, replaced at each use.
use anyhow::anyhow;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::caller::Role;
use shared::error::Error;
use shared::token::{LIFETIME, Signer, Subject};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::refresh_token::RefreshToken;

/// Days that a session lives without being refreshed.
pub(crate) const DAYS: i64 = 30;

/// What a log-in or a refresh answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// For `Authorization: Bearer`.
    pub(crate) access_token: String,
    /// Always `Bearer`.
    pub(crate) token_type: &'static str,
    /// Seconds.
    pub(crate) expires_in: i64,
    /// Good once, for `/v1/auth/refresh`.
    pub(crate) refresh_token: String,
}

/// The session as its statement answers it.
#[derive(Debug, Deserialize)]
pub(crate) struct Session {
    session: Uuid,
    user: Uuid,
    role: Role,
}

/// The private key, which `auth` alone has.
pub(crate) fn signer(app: &App) -> Result<&Signer, Error> {
    app.signer.as_deref().ok_or_else(|| Error::Internal(anyhow!("JWT_SIGNING_KEY is not set for auth")))
}

/// The tokens of a session.
pub(crate) fn tokens(app: &App, session: &Session, refresh_token: RefreshToken) -> Result<Response, Error> {
    let subject = Subject { user: session.user, session: session.session, role: session.role };
    let access_token = signer(app)?.sign(&subject, app.now().as_second())?;
    let tokens = Tokens { access_token, token_type: "Bearer", expires_in: LIFETIME, refresh_token: refresh_token.text() };
    Ok(secret(StatusCode::OK, serde_json::to_string(&tokens).map_err(|error| Error::Internal(error.into()))?))
}

/// An answer that no cache on the way keeps (RFC 6749, 5.1).
pub(crate) fn secret(status: StatusCode, body: String) -> Response {
    let mut response = shared::conditional::json(status, body);
    response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    response
}
