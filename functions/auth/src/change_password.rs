//! `POST /v1/auth/password`
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::client::Client;
use shared::error::Error;
use utoipa::ToSchema;

use crate::password::{self, LONGEST, Place};

/// The old and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The one until now.
    current_password: String,
    /// 15 characters to 1,024 bytes, and not the e-mail address.
    #[schema(min_length = 15)]
    new_password: String,
}

#[derive(Deserialize)]
struct Found {
    wait: u32,
    email: String,
    password_hash: Option<String>,
}

/// Change my password. Every other session of mine ends.
#[utoipa::path(post, path = "/v1/auth/password", tag = "auth", request_body = NewPassword,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422),
              (status = 429, headers(("Retry-After" = i64, description = "seconds"))), (status = 503)))]
pub(crate) async fn change_password(State(app): State<App>, caller: Caller, client: Client, asked: Body<NewPassword>) -> Result<StatusCode, Error> {
    let NewPassword { current_password, new_password } = asked.value;
    let wrong = || Error::invalid("/current_password", "It is not your password.");
    if current_password.len() > LONGEST {
        return Err(wrong());
    }
    let (place, network) = (Place::take()?, client.network());
    let found = caller.ask(&app, FIND, &[network.as_str().into()]).await?.body()?;
    let found: Found = serde_json::from_str(&found).map_err(|error| Error::Internal(error.into()))?;
    if found.wait > 0 {
        return Err(Error::TooManyRequests(found.wait));
    }
    let old = found.password_hash.clone();
    if !password::verify(place, current_password, found.password_hash).await? {
        return Err(wrong());
    }
    password::check(&new_password, &found.email).map_err(|why| Error::invalid("/new_password", why))?;
    let hash = password::hash_in(Place::take()?, new_password).await?;
    // A rival that changed it first made the old one wrong.
    caller.ask(&app, CHANGE, &[hash.into(), old.into(), network.into()]).await?.found()?.ok_or_else(wrong)?;
    Ok(StatusCode::NO_CONTENT)
}
const FIND: &str = include_str!("../sql/change_password_find.sql");
const CHANGE: &str = include_str!("../sql/change_password.sql");
