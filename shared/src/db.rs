//! The one way to Postgres: text in, text out, one statement at a time.
//!
//! Only null, bool, int8 and text cross the wire and every placeholder is cast where it stands (`$1::text::uuid`). Reason:
//! `sqlx` declares parameter types from Rust, Spin's host infers them from the SQL and knows no timestamptz, enum or uuid
//! array. With the casts the same text runs on both, byte for byte. A statement answers one `text` column.
use serde::de::DeserializeOwned;

#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(target_family = "wasm")]
mod spin;
#[cfg(not(target_family = "wasm"))]
pub use native::{Asked, Db, asked};
#[cfg(target_family = "wasm")]
pub use spin::Db;

/// A parameter. A null keeps its type: prepared statements are cached by their text alone, so types must never vary.
#[derive(Debug, Clone)]
pub enum Param {
    /// `$n::bool`
    Bool(Option<bool>),
    /// `$n::int8`
    Int(Option<i64>),
    /// `$n::text`, and through it every other type: `$n::text::uuid`, `$n::text::timestamptz`, `$n::text::jsonb`.
    Text(Option<String>),
    /// `$n::text`, words of this program's own, by commas: of a few, so that a plan may be kept for them. They are lower-case letters and underscores.
    Words(Vec<&'static str>),
}

/// JSON as Postgres wrote it: a response body, not parsed.
pub type Json = String;

/// What Postgres, or the way to it, said. Mapped to an answer in one table: [`crate::error`].
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} {message}{}", sqlstate.as_deref().unwrap_or("no connection:"), constraint.as_deref().map(|c| format!(" ({c})")).unwrap_or_default())]
pub struct DbError {
    /// Five characters (Postgres, appendix A); none when the server was not reached.
    pub sqlstate: Option<String>,
    /// The constraint that was broken, by name.
    pub constraint: Option<String>,
    /// For the log; never for a response.
    pub message: String,
}

impl DbError {
    /// An answer that is not of the shape the caller's Rust expects: a bug, reported as such.
    fn shape(error: &serde_json::Error) -> Self {
        Self { sqlstate: Some("XX000".into()), constraint: None, message: format!("unexpected shape: {error}") }
    }
}

impl Db {
    /// The first row's text: `None` when there is no row, `Some(None)` when it is null.
    pub async fn row(&self, sql: &'static str, params: &[Param]) -> Result<Option<Option<Json>>, DbError> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// The first row's text as JSON into `T`; a null is no row.
    pub async fn get<T: DeserializeOwned>(&self, sql: &'static str, params: &[Param]) -> Result<Option<T>, DbError> {
        match self.row(sql, params).await? {
            Some(Some(json)) => serde_json::from_str(&json).map(Some).map_err(|error| DbError::shape(&error)),
            _ => Ok(None),
        }
    }
}

impl From<bool> for Param {
    fn from(value: bool) -> Self {
        Self::Bool(Some(value))
    }
}
impl From<i64> for Param {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}
impl From<Option<i64>> for Param {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}
impl From<String> for Param {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}
impl From<&str> for Param {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}
impl From<Option<&str>> for Param {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}
impl From<Option<String>> for Param {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}
impl From<uuid::Uuid> for Param {
    fn from(value: uuid::Uuid) -> Self {
        Self::Text(Some(value.to_string()))
    }
}
impl From<Option<uuid::Uuid>> for Param {
    fn from(value: Option<uuid::Uuid>) -> Self {
        Self::Text(value.map(|id| id.to_string()))
    }
}
impl From<jiff::Timestamp> for Param {
    fn from(value: jiff::Timestamp) -> Self {
        Self::Text(Some(value.to_string()))
    }
}
