//! Who is asking. An access token tells a session, and an API key hashes to one; role, teams and whether they still count are read in each statement
//! from the view `callers` (`with me as (...)`), so a revoked session or a removed member is out at the next request.
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::db::{Json, Param};
use crate::error::{ConstraintName, Error};
use crate::token::ApiKey;

/// What a person may do, in ascending power; `Auditor` reads and writes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Own tickets, those watched, the catalogue, published articles.
    Requester,
    /// Works tickets.
    Agent,
    /// An agent who also keeps teams, SLA, catalogue and reports.
    Manager,
    /// All.
    Admin,
    /// Reads what an agent reads.
    Auditor,
}

impl Role {
    /// As the database and the API spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Agent => "agent",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// Works tickets: agent, manager and admin.
    pub fn works_tickets(self) -> bool {
        matches!(self, Self::Agent | Self::Manager | Self::Admin)
    }
}

/// Whom a verified token speaks for, or whom an API key would speak for.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// `callers.session_id`
    pub session: Uuid,
    /// `users.id`: whose requests are counted together.
    pub person: Uuid,
    /// The role when the token was made: good for choosing a statement, never for deciding a right. An API key does not tell one.
    pub role_hint: Role,
}

/// What a statement answers instead of a body: a JSON string that names the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `"forbidden"`: the role does not permit it.
    Forbidden,
    /// `"replay"`: the Idempotency-Key was used before.
    Replay,
    /// `"role"`: the statement is for another role than the caller has now.
    Role,
    /// `"rooms"`: a list has a part for what the caller's teams alone see, and was not asked for it.
    Rooms,
}

/// A statement's answer to a caller that still counts.
#[derive(Debug)]
pub enum Answer {
    /// The body, as Postgres wrote it.
    Body(Json),
    /// Nothing there, nothing visible, or a guard that did not hold.
    Nothing,
    /// See [`Refusal`].
    Refused(Refusal),
}

impl Answer {
    /// The body; nothing is 404, a refusal 403.
    pub fn body(self) -> Result<Json, Error> {
        self.found()?.ok_or(Error::NotFound)
    }

    /// The body or nothing; a refusal is 403.
    pub fn found(self) -> Result<Option<Json>, Error> {
        match self {
            Self::Body(json) => Ok(Some(json)),
            Self::Nothing => Ok(None),
            Self::Refused(_) => Err(Error::Forbidden("Your role does not permit this.".into())),
        }
    }
}

impl Caller {
    /// Runs a statement whose `$1` is the caller's session; it answers no row when the session or the user no longer counts.
    pub async fn ask(&self, app: &App, sql: &'static str, params: &[Param]) -> Result<Answer, Asked> {
        self.noted(app, answer(app.db.rows(sql, &self.first(params)).await))
    }

    /// [`Self::ask`] of a list, which is planned for its filters each time.
    pub async fn ask_list(&self, app: &App, sql: &'static str, params: &[Param]) -> Result<Answer, Asked> {
        self.noted(app, answer(app.db.list(sql, &self.first(params)).await))
    }

    fn noted(&self, app: &App, outcome: Result<Answer, Asked>) -> Result<Answer, Asked> {
        if matches!(outcome, Err(Asked::Unauthenticated)) {
            app.limit.over(self.session);
        }
        outcome
    }

    fn first(&self, params: &[Param]) -> Vec<Param> {
        std::iter::once(self.session.into()).chain(params.iter().cloned()).collect()
    }
}

fn answer(rows: Result<Vec<Option<Json>>, crate::db::DbError>) -> Result<Answer, Asked> {
    let row = rows.map_err(Asked::Database)?.into_iter().next().ok_or(Asked::Unauthenticated)?;
    Ok(match row {
        None => Answer::Nothing,
        Some(text) if text == "\"forbidden\"" => Answer::Refused(Refusal::Forbidden),
        Some(text) if text == "\"replay\"" => Answer::Refused(Refusal::Replay),
        Some(text) if text == "\"role\"" => Answer::Refused(Refusal::Role),
        Some(text) if text == "\"rooms\"" => Answer::Refused(Refusal::Rooms),
        Some(text) => Answer::Body(text),
    })
}

/// The outcome, or the problem that `named` makes of what stopped it: a named constraint, or the JSON string that the statement answers
/// where a rule of its own does not permit the write.
pub fn explained(outcome: Result<Answer, Asked>, named: impl Fn(&str) -> Option<Error>) -> Result<Answer, Error> {
    let broken = match &outcome {
        Err(asked) => asked.constraint().and_then(&named),
        Ok(Answer::Body(json)) => json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(&named),
        Ok(_) => None,
    };
    match broken {
        Some(error) => Err(error),
        None => Ok(outcome?),
    }
}

/// Why a statement has no answer.
#[derive(Debug)]
pub enum Asked {
    /// The session was revoked or is over, or the user is not active.
    Unauthenticated,
    /// See [`crate::error`].
    Database(crate::db::DbError),
}

impl From<Asked> for Error {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Unauthenticated => Self::Unauthenticated("This session or API key is over: log in again, or use another key."),
            Asked::Database(error) => error.into(),
        }
    }
}
impl crate::error::ConstraintName for Asked {
    fn constraint(&self) -> Option<&str> {
        match self {
            Self::Unauthenticated => None,
            Self::Database(error) => error.constraint(),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let token = bearer(parts).ok_or(Error::Unauthenticated("Send Authorization: Bearer with an access token or an API key."))?;
        let now = app.now();
        if ApiKey::is_meant(token) {
            return by_key(token, parts, app, now).await;
        }
        let over = Error::Unauthenticated("The access token is not valid or is over: refresh it or log in.");
        let caller = app.verifier.verify(token, now.as_second()).ok_or(over)?;
        counted(caller, parts, app).await
    }
}

/// Whose it is, this process learns once an hour, and notes that it is in use. Whether it still counts, the request's own statement says.
async fn by_key(token: &str, parts: &Parts, app: &App, now: Timestamp) -> Result<Caller, Error> {
    let key = ApiKey::parse(token).ok_or(Error::Unauthenticated("This is not an API key of ours."))?;
    if !key.permits(&parts.method, parts.uri.path()) {
        return Err(Error::Forbidden("The scopes of this API key do not cover this request.".into()));
    }
    let (session, now) = (key.session(), now.as_second());
    let person = match app.verifier.owner(session, now) {
        Some(owner) => owner,
        None => {
            let owner = app.db.row(KEY_USED, &[session.into()]).await?.flatten().and_then(|owner| owner.parse().ok());
            let owner = owner.ok_or_else(|| Error::from(Asked::Unauthenticated))?;
            app.verifier.learnt(session, owner, now);
            owner
        }
    };
    counted(Caller { session, person, role_hint: Role::Agent }, parts, app).await
}
const KEY_USED: &str = include_str!("../sql/key_used.sql");

/// One request of the person's. Of a session that is over it is the session's own: whoever has an old token does not ask at its owner's cost. And so it
/// is where sessions are ended: whoever asks too much by a stolen one cannot keep its owner from that.
async fn counted(caller: Caller, parts: &Parts, app: &App) -> Result<Caller, Error> {
    let apart = parts.uri.path().starts_with("/v1/auth/") || app.limit.is_over(caller.session);
    app.limit.take(if apart { caller.session } else { caller.person }, app.hold.is_some()).await?;
    Ok(caller)
}

/// The token of `Authorization: Bearer` (RFC 6750; the scheme's case does not matter).
pub fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
