//! A session's tokens: a short access token (JWT) and an opaque refresh token, stored hashed and replaced at each use.
use anyhow::anyhow;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::caller::{Caller, Role};
use shared::error::Error;
use shared::token::LIFETIME;
use utoipa::ToSchema;
use uuid::Uuid;

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
    pub(crate) session: Uuid,
    pub(crate) user: Uuid,
    pub(crate) role: Role,
}

/// 256 random bits, base64url.
pub(crate) fn new_refresh_token() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal(anyhow!("no randomness: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The tokens of a session.
pub(crate) fn tokens(app: &App, session: &Session, refresh_token: String) -> Result<String, Error> {
    let signer = app.signer.as_ref().ok_or_else(|| Error::Internal(anyhow!("JWT_SIGNING_KEY is not set for auth")))?;
    let caller = Caller { user: session.user, session: session.session, role_hint: session.role };
    let access_token = signer.sign(&caller, app.now().as_second())?;
    let tokens = Tokens { access_token, token_type: "Bearer", expires_in: LIFETIME, refresh_token };
    serde_json::to_string(&tokens).map_err(|error| Error::Internal(error.into()))
}

/// Tokens are never kept by a cache on the way (RFC 6749, 5.1).
pub(crate) fn answer(body: String) -> axum::response::Response {
    let mut response = shared::conditional::json(axum::http::StatusCode::OK, body);
    response.headers_mut().insert("cache-control", axum::http::HeaderValue::from_static("no-store"));
    response
}
