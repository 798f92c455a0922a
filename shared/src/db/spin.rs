//! Postgres by Spin's host. It pools; each statement is prepared anew.
use spin_sdk::pg::{Connection, DbValue, Error, ParameterValue, PgError, QueryError};

use super::{DbError, Json, Param};
use crate::config::DatabaseConfig;

/// The address; the host owns the connections, so none is kept here (an instance serves many requests at once).
#[derive(Debug, Clone)]
pub struct Db {
    url: String,
}

impl Db {
    /// Opens nothing yet: each statement asks the host's pool.
    pub fn new(config: &DatabaseConfig) -> Result<Self, DbError> {
        Ok(Self { url: config.url.clone() })
    }

    /// All rows' one text column.
    pub async fn rows(&self, sql: &'static str, params: &[Param]) -> Result<Vec<Option<Json>>, DbError> {
        let connection = Connection::open(self.url.clone()).await?;
        let values: Vec<ParameterValue> = params.iter().map(value).collect();
        let rows = connection.query(sql, values).await?.collect().await?;
        rows.iter().map(|row| text(&row[0])).collect()
    }

    /// The same as [`Self::rows`]: the host prepares each statement anew, so each is planned for its parameters.
    pub async fn list(&self, sql: &'static str, params: &[Param]) -> Result<Vec<Option<Json>>, DbError> {
        self.rows(sql, params).await
    }
}

fn text(value: &DbValue) -> Result<Option<Json>, DbError> {
    match value {
        DbValue::Str(text) => Ok(Some(text.clone())),
        DbValue::DbNull => Ok(None),
        other => Err(DbError { sqlstate: Some("XX000".into()), constraint: None, message: format!("not text: {other:?}") }),
    }
}

fn value(param: &Param) -> ParameterValue {
    match param {
        Param::Bool(Some(value)) => ParameterValue::Boolean(*value),
        Param::Int(Some(value)) => ParameterValue::Int64(*value),
        Param::Text(Some(value)) => ParameterValue::Str(value.clone()),
        Param::Words(words) => ParameterValue::Str(words.join(",")),
        Param::Bool(None) | Param::Int(None) | Param::Text(None) => ParameterValue::DbNull,
    }
}

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        match error {
            Error::PgError(PgError::QueryFailed(QueryError::DbError(error))) => Self {
                constraint: error.extras.iter().find(|(key, _)| key == "constraint").map(|(_, name)| name.clone()),
                sqlstate: Some(error.code),
                message: error.message,
            },
            Error::PgError(PgError::ConnectionFailed(message) | PgError::QueryFailed(QueryError::Text(message))) => {
                Self { sqlstate: None, constraint: None, message }
            }
            // A parameter that the host cannot write as its type: bad input (a NUL in a text), as sqlx would hear from the server.
            Error::PgError(PgError::BadParameter(message)) => Self { sqlstate: Some("22021".into()), constraint: None, message },
            other => Self { sqlstate: Some("XX000".into()), constraint: None, message: format!("{other:?}") },
        }
    }
}
