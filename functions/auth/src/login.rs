//! `POST /v1/auth/login`
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Body;
use shared::client::Client;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::password::{self, LONGEST, Place};
use crate::refresh_token::RefreshToken;
use crate::session::{DAYS, Session, Tokens, tokens};

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
struct Found {
    wait: u32,
    id: Option<Uuid>,
    password_hash: Option<String>,
}

const WRONG: Error = Error::Unauthenticated("The e-mail address or the password is wrong.");

/// Log in. Unknown address and wrong password are one answer, in the same time; who fails often waits longer each time, and is never shut out.
#[utoipa::path(post, path = "/v1/auth/login", tag = "auth", request_body = Login, security(()),
    responses((status = 200, body = Tokens), (status = 400), (status = 401), (status = 413), (status = 415), (status = 422),
              (status = 429, headers(("Retry-After" = i64, description = "seconds"))), (status = 503)))]
pub(crate) async fn login(State(app): State<App>, client: Client, login: Body<Login>) -> Result<Response, Error> {
    let Login { email, password } = login.value;
    if password.len() > LONGEST {
        return Err(Error::invalid("/password", "It has at most 1,024 bytes."));
    }
    let place = Place::take()?;
    let (email, network) = (email.to_lowercase(), client.network());
    let params = [email.as_str().into(), network.as_str().into(), client.address().into()];
    let found: Option<Found> = app.db.get(FIND, &params).await?;
    let found = found.ok_or(WRONG)?;
    if found.wait > 0 {
        return Err(Error::TooManyRequests(found.wait));
    }
    let right = password::verify(place, password, found.password_hash).await?;
    let user = found.id.filter(|_| right).ok_or(WRONG)?;
    let refresh = RefreshToken::new()?;
    let params = [
        Uuid::now_v7().into(),
        user.into(),
        refresh.family().into(),
        refresh.hash().into(),
        DAYS.into(),
        client.agent.as_deref().into(),
        client.address().into(),
        network.into(),
    ];
    let session: Option<Session> = app.db.get(OPEN, &params).await?;
    tokens(&app, &session.ok_or(WRONG)?, refresh)
}
const FIND: &str = include_str!("../sql/login_find.sql");
const OPEN: &str = include_str!("../sql/login.sql");
