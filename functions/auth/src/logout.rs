//! `POST /v1/auth/logout`
use axum::extract::State;
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;

/// Log out: this session ends, its access token with it.
#[utoipa::path(post, path = "/v1/auth/logout", tag = "auth", responses((status = 204), (status = 401), (status = 403), (status = 503)))]
pub(crate) async fn logout(State(app): State<App>, caller: Caller) -> Result<StatusCode, Error> {
    caller.ask(&app, LOGOUT, &[]).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const LOGOUT: &str = include_str!("../sql/logout.sql");
