//! `POST /v1/auth/logout-everywhere`
use axum::extract::State;
use axum::http::StatusCode;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;

/// Log out everywhere: all my sessions end, this one too. API keys are not sessions and stay.
#[utoipa::path(post, path = "/v1/auth/logout-everywhere", tag = "auth",
    responses((status = 204), (status = 401), (status = 403), (status = 503)))]
pub(crate) async fn logout_everywhere(State(app): State<App>, caller: Caller) -> Result<StatusCode, Error> {
    caller.ask(&app, LOGOUT_EVERYWHERE, &[]).await?.body()?;
    Ok(StatusCode::NO_CONTENT)
}
const LOGOUT_EVERYWHERE: &str = include_str!("../sql/logout_everywhere.sql");
