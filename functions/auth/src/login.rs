//! `POST /v1/auth/login`
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::{Body, sha256_hex};
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::password;
use crate::session::{DAYS, Session, Tokens, answer, new_refresh_token, tokens};

/// E-mail address and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// Case does not matter.
    #[schema(example = "admin@example.com")]
    email: String,
    /// At most 1,024 bytes.
    password: String,
}

#[derive(Deserialize)]
struct Known {
    id: Uuid,
    password_hash: Option<String>,
}

/// Log in. Unknown address and wrong password are one answer, in the same time.
#[utoipa::path(post, path = "/v1/auth/login", tag = "auth", request_body = Login, security(()),
    responses((status = 200, body = Tokens), (status = 400), (status = 401), (status = 422)))]
pub(crate) async fn login(State(app): State<App>, login: Body<Login>) -> Result<Response, Error> {
    let Login { email, password } = login.value;
    if password.len() > 1024 {
        return Err(Error::invalid("/password", "It has at most 1,024 bytes."));
    }
    let known: Option<Known> = app.db.get(FIND, &[email.to_lowercase().into()]).await?;
    let hash = known.as_ref().and_then(|known| known.password_hash.clone());
    let right = password::verify(password, hash).await?;
    let known = known.filter(|_| right).ok_or(Error::Unauthenticated("The e-mail address or the password is wrong."))?;
    let refresh = new_refresh_token()?;
    let params = [Uuid::now_v7().into(), known.id.into(), sha256_hex(&refresh).into(), DAYS.into()];
    let session: Option<Session> = app.db.get(OPEN, &params).await?;
    let session = session.ok_or(Error::Unauthenticated("The e-mail address or the password is wrong."))?;
    Ok(answer(tokens(&app, &session, refresh)?))
}
const FIND: &str = include_str!("../sql/login_find.sql");
const OPEN: &str = include_str!("../sql/login.sql");
