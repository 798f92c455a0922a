//! `Idempotency-Key`: a repeat of the same POST by the same caller gets the same answer and has no second effect.
//!
//! The write itself carries the key (`key as (insert into idempotency_keys ... on conflict do nothing returning 1)`) and every
//! other insert selects `where exists (select from key)`: one statement, so twenty at once make one row. A statement that
//! answers `"replay"` is followed by a second one (a new snapshot) that reads what was answered.
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::db::{Json, Param};
use crate::error::Error;

/// The request's key, if any.
#[derive(Debug, Clone, Default)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The key of one part of a request that does many things. It has a character that no header can hold, so it is nobody's own.
    pub fn part(&self, number: usize) -> Self {
        Self(self.0.as_ref().map(|key| format!("{key}\u{1f}{number}")))
    }

    /// Whether the request has one.
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// For the statement's `$n::text`.
    pub fn param(&self) -> Param {
        self.0.as_deref().into()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
        let key = key.ok_or_else(|| Error::BadRequest("Idempotency-Key must be 1 to 255 visible ASCII characters.".into()))?;
        Ok(Self(Some(key.to_owned())))
    }
}

/// What was answered the first time.
#[derive(Debug, Deserialize)]
struct Stored<'a> {
    request: String,
    #[serde(borrow)]
    answer: &'a RawValue,
}

/// The stored answer, if the request is the same one; another body under the same key is 422.
pub fn replay(stored: &str, digest: &str) -> Result<Json, Error> {
    let stored: Stored<'_> = serde_json::from_str(stored).map_err(|error| Error::Internal(error.into()))?;
    if stored.request == digest {
        Ok(stored.answer.get().to_owned())
    } else {
        Err(Error::invalid("", "This Idempotency-Key was used with another body: use a new key."))
    }
}
