//! `POST /v1/auth/password-resets/redeem`
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::app::App;
use shared::body::{Body, sha256_hex};
use shared::error::Error;
use utoipa::ToSchema;

use crate::password::{self, Place};

/// The token and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redeemed {
    /// As the administrator handed it over.
    token: String,
    /// 15 characters to 1,024 bytes, and not the e-mail address.
    #[schema(min_length = 15)]
    new_password: String,
}

#[derive(Deserialize)]
struct Person {
    email: String,
}

/// Set a new password by a reset. The reset is used then, and every session of the person ends.
#[utoipa::path(post, path = "/v1/auth/password-resets/redeem", tag = "auth", request_body = Redeemed, security(()),
    responses((status = 204), (status = 400), (status = 413), (status = 415), (status = 422),
              (status = 429, headers(("Retry-After" = i64, description = "seconds"))), (status = 503)))]
pub(crate) async fn redeem_reset(State(app): State<App>, asked: Body<Redeemed>) -> Result<StatusCode, Error> {
    let Redeemed { token, new_password } = asked.value;
    let over = || Error::invalid("/token", "It is not a reset's, was used, or is over: ask for a new one.");
    let token = sha256_hex(&token);
    let person: Option<Person> = app.db.get(FIND, &[token.as_str().into()]).await?;
    password::check(&new_password, &person.ok_or_else(over)?.email).map_err(|why| Error::invalid("/new_password", why))?;
    let hash = password::hash_in(Place::take()?, new_password).await?;
    app.db.row(REDEEM, &[token.into(), hash.into()]).await?.flatten().ok_or_else(over)?;
    Ok(StatusCode::NO_CONTENT)
}
const FIND: &str = include_str!("../sql/redeem_reset_find.sql");
const REDEEM: &str = include_str!("../sql/redeem_reset.sql");
