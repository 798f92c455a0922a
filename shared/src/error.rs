//! Every way a request can fail, and the problem (RFC 9457) that each becomes.
//!
//! A handler returns `Result<_, Error>`. The response carries its [`Problem`] as an extension; [`crate::telemetry`] adds what
//! only the edge knows (`instance`, `request_id`) and writes the body, so that one place makes `application/problem+json`.
use axum::response::{IntoResponse, Response};
use http_body_util::Empty;
use serde::Serialize;

use crate::db::DbError;

/// What went wrong, in the words of the API. The variants' docs are the contract.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 400 `bad-request`: not JSON, an unknown field, filter or sort key, a malformed header or cursor.
    #[error("{0}")]
    BadRequest(String),
    /// 401 `unauthenticated`: no token, a bad one, or one whose session or user no longer counts.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// 403 `forbidden`: the caller is known and may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// 404 `not-found`: there is no such thing, or none that the caller may see.
    #[error("There is nothing here, or nothing that you may see.")]
    NotFound,
    /// 405 `method-not-allowed`: see `Allow`.
    #[error("This resource does not have that method; the Allow header lists those it has.")]
    MethodNotAllowed,
    /// 409 `conflict`: the state of the thing does not permit it.
    #[error("{0}")]
    Conflict(String),
    /// 412 `precondition-failed`: `If-Match` names a version that is no longer the current one.
    #[error("The version in If-Match is not the current one: read again, then repeat the change on what you see.")]
    PreconditionFailed,
    /// 413 `too-large`: the body is larger than this route takes.
    #[error("The body is larger than the {0} bytes that this route takes.")]
    TooLarge(usize),
    /// 415 `unsupported-media-type`: the body must be JSON, or what the route's documentation says.
    #[error("Send the body as application/json, or as what the documentation of this route says.")]
    UnsupportedMediaType,
    /// 422 `invalid`: JSON, but a field does not hold what it must; `errors` points at each (RFC 6901).
    #[error("The request is understood, but some fields are not valid.")]
    Invalid(Vec<FieldError>),
    /// 429 `too-many-requests`, with `Retry-After` in seconds.
    #[error("Too many requests: wait for the time in Retry-After, in seconds.")]
    TooManyRequests(u32),
    /// 429 `too-many-requests`, with `Retry-After` and `RateLimit-*`: more than one person may ask (see [`crate::limit`]).
    #[error("You asked more than {minute} times a minute: wait for the time in Retry-After, in seconds.")]
    RateLimited {
        /// Requests a minute.
        minute: u32,
        /// Seconds until there is one again.
        wait: u32,
    },
    /// 503 `unavailable`, with `Retry-After` in seconds: this process has as much under way as it has room for.
    #[error("There is as much under way as there is room for: try again after the time in Retry-After, in seconds.")]
    Busy(u32),
    /// 503 `unavailable`, with `Retry-After`: the database cannot be reached or is too busy. Where the connection broke during a
    /// write, whether it was done is not known: that is what `Idempotency-Key` and `If-Match` are for.
    #[error("The database cannot be reached or is too busy. Try again shortly, a POST with the same Idempotency-Key.")]
    Unavailable(DbError),
    /// 500 `internal`: our fault; the log has the cause under the request id.
    #[error("Something failed on our side. The request_id finds it in the log.")]
    Internal(#[from] anyhow::Error),
}

/// One field that is not valid.
#[derive(Debug, Clone, Serialize)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) into the request's body, for example `/close_code`.
    pub pointer: String,
    /// What to put there instead.
    pub detail: String,
}

/// What the edge needs to write the body. See [`Error`].
#[derive(Debug, Clone)]
pub struct Problem {
    /// The last part of the problem's type URI; stable.
    pub kind: &'static str,
    /// A short name for people, the same for each kind.
    pub title: &'static str,
    /// What is wrong this time and what to do.
    pub detail: String,
    /// The fields at fault, if any.
    pub errors: Vec<FieldError>,
}

impl Error {
    /// 422 for one field.
    pub fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { pointer: pointer.to_owned(), detail: detail.into() }])
    }

    /// Status, kind and title of each variant.
    fn table(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadRequest(_) => (400, "bad-request", "Bad request"),
            Self::Unauthenticated(_) => (401, "unauthenticated", "Not logged in"),
            Self::Forbidden(_) => (403, "forbidden", "Not permitted"),
            Self::NotFound => (404, "not-found", "Not found"),
            Self::MethodNotAllowed => (405, "method-not-allowed", "Method not allowed"),
            Self::Conflict(_) => (409, "conflict", "Conflict"),
            Self::PreconditionFailed => (412, "precondition-failed", "Changed since you read it"),
            Self::TooLarge(_) => (413, "too-large", "Too large"),
            Self::UnsupportedMediaType => (415, "unsupported-media-type", "Not JSON"),
            Self::Invalid(_) => (422, "invalid", "Not valid"),
            Self::TooManyRequests(_) | Self::RateLimited { .. } => (429, "too-many-requests", "Too many requests"),
            Self::Busy(_) | Self::Unavailable(_) => (503, "unavailable", "Temporarily unavailable"),
            Self::Internal(_) => (500, "internal", "Internal error"),
        }
    }
}

/// The one table from SQLSTATE to answer. A handler that expects a named constraint maps it before, with [`OnConstraint`].
impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        let state = error.sqlstate.as_deref().unwrap_or("08006");
        match state {
            "23505" => Self::Conflict("There is one with these values already.".into()),
            "23503" => Self::invalid("", "It names something that does not exist."),
            "23514" => Self::invalid("", format!("It breaks the rule {}.", error.constraint.as_deref().unwrap_or("of a field"))),
            "42501" => Self::Forbidden("The database does not permit this.".into()),
            "40001" | "40P01" => Self::Unavailable(error),
            _ => match state.get(..2) {
                Some("22" | "54") => Self::invalid("", "A value is out of range or not of its type."),
                Some("53" | "08") => Self::Unavailable(error),
                _ if matches!(state, "57014" | "57P01" | "57P02" | "57P03") => Self::Unavailable(error),
                _ => Self::Internal(anyhow::Error::new(error)),
            },
        }
    }
}

/// Turns a named constraint into the field that broke it.
pub trait OnConstraint<T> {
    /// 422 at `pointer` where the statement broke `constraint`; any other outcome is left as it is.
    fn on_constraint(self, constraint: &str, pointer: &str, detail: &str) -> Result<T, Error>;
}

impl<T, E: Into<Error> + ConstraintName> OnConstraint<T> for Result<T, E> {
    fn on_constraint(self, constraint: &str, pointer: &str, detail: &str) -> Result<T, Error> {
        self.map_err(|error| if error.constraint() == Some(constraint) { Error::invalid(pointer, detail) } else { error.into() })
    }
}

/// An error that may name a constraint.
pub trait ConstraintName {
    /// The constraint's name as the schema has it.
    fn constraint(&self) -> Option<&str>;
}
impl ConstraintName for DbError {
    fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, kind, title) = self.table();
        match &self {
            Self::Internal(cause) => tracing::error!(cause = format!("{cause:#}"), "internal error"),
            Self::Unavailable(cause) => tracing::warn!(cause = %cause, "database unavailable"),
            _ => {}
        }
        let problem = Problem { kind, title, detail: self.to_string(), errors: Vec::new() };
        let mut response = Response::new(axum::body::Body::new(Empty::new()));
        *response.status_mut() = axum::http::StatusCode::from_u16(status).unwrap_or_default();
        let headers = response.headers_mut();
        match &self {
            Self::Unauthenticated(_) => {
                headers.insert("www-authenticate", axum::http::HeaderValue::from_static("Bearer realm=\"itsm\""));
            }
            Self::TooManyRequests(seconds) | Self::Busy(seconds) => {
                headers.insert("retry-after", (*seconds).into());
            }
            Self::RateLimited { minute, wait } => {
                headers.insert("retry-after", (*wait).into());
                headers.insert("ratelimit-limit", (*minute).into());
                headers.insert("ratelimit-remaining", 0.into());
                headers.insert("ratelimit-reset", (*wait).into());
            }
            Self::Unavailable(_) => {
                headers.insert("retry-after", 1.into());
            }
            _ => {}
        }
        let errors = if let Self::Invalid(errors) = self { errors } else { Vec::new() };
        response.extensions_mut().insert(Problem { errors, ..problem });
        response
    }
}
