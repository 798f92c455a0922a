//! `POST /v1/auth/password-resets`
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::{Body, sha256_hex};
use shared::caller::Caller;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::refresh_token::random;
use crate::session::secret;

/// Hours that a reset is good for.
const HOURS: i64 = 24;

/// For whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReset {
    /// An active user.
    user_id: Uuid,
}

/// A reset, with the token that is shown this once.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Reset {
    id: Uuid,
    /// Whose password.
    user_id: Uuid,
    /// 24 hours from now.
    #[schema(format = "date-time")]
    expires_at: String,
    /// For `/v1/auth/password-resets/redeem`, once.
    #[serde(default)]
    token: String,
}

/// Issue a reset of somebody's password, in place of the one before; for administrators, who hand the token to the person themselves.
#[utoipa::path(post, path = "/v1/auth/password-resets", tag = "auth", request_body = NewReset,
    responses((status = 201, body = Reset), (status = 400), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422),
              (status = 503)))]
pub(crate) async fn create_reset(State(app): State<App>, caller: Caller, asked: Body<NewReset>) -> Result<Response, Error> {
    let token = URL_SAFE_NO_PAD.encode(random()?);
    let params = [Uuid::now_v7().into(), asked.value.user_id.into(), sha256_hex(&token).into(), HOURS.into()];
    let issued = caller.ask(&app, CREATE_RESET, &params).await?.found()?;
    let issued = issued.ok_or_else(|| Error::invalid("/user_id", "There is no such active user."))?;
    let issued: Reset = serde_json::from_str(&issued).map_err(|error| Error::Internal(error.into()))?;
    let body = serde_json::to_string(&Reset { token, ..issued }).map_err(|error| Error::Internal(error.into()))?;
    Ok(secret(StatusCode::CREATED, body))
}
const CREATE_RESET: &str = include_str!("../sql/create_reset.sql");
