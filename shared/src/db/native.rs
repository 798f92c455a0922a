//! Postgres by `sqlx`: a lazy pool, prepared statements kept per connection.
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{Postgres, Row, query::Query};

use super::{DbError, Json, Param};
use crate::config::DatabaseConfig;

/// A pool of connections; cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
}

impl Db {
    /// Opens nothing yet: the first statement connects.
    pub fn new(config: &DatabaseConfig) -> Result<Self, DbError> {
        let options: PgConnectOptions = config.url.parse().map_err(DbError::from)?;
        Ok(Self::with(options.application_name("itsm"), config.max_connections))
    }

    fn with(options: PgConnectOptions, max_connections: u32) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(Duration::from_secs(5))
            .max_lifetime(Duration::from_secs(30 * 60))
            // A ping before each use costs a round trip a request; a dead connection is met by one retry instead.
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self { pool }
    }

    /// All rows' one text column.
    ///
    /// A statement that meets a dead connection before it was sent is repeated once on a new one.
    pub async fn rows(&self, sql: &'static str, params: &[Param]) -> Result<Vec<Option<Json>>, DbError> {
        let first = bound(sql, params).fetch_all(&self.pool).await;
        let rows = match first {
            Err(error) if is_read(sql) && is_dead(&error) => bound(sql, params).fetch_all(&self.pool).await?,
            other => other?,
        };
        rows.iter().map(text).collect()
    }

    /// Ends all connections; for shutdown.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn text(row: &PgRow) -> Result<Option<Json>, DbError> {
    row.try_get::<Option<String>, _>(0).map_err(DbError::from)
}

fn bound<'q>(sql: &'static str, params: &'q [Param]) -> Query<'q, Postgres, sqlx::postgres::PgArguments> {
    params.iter().fold(sqlx::query(sql), |query, param| match param {
        Param::Bool(value) => query.bind(*value),
        Param::Int(value) => query.bind(*value),
        Param::Text(value) => query.bind(value.as_deref()),
    })
}

/// Only a statement that writes nothing may be sent twice: the first may have committed before the connection died.
fn is_read(sql: &str) -> bool {
    !["insert into", "update ", "delete from", "enqueue("].iter().any(|write| sql.contains(write))
}

fn is_dead(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("57P01" | "57P02" | "57P03")),
        _ => false,
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => Self {
                sqlstate: error.code().map(Into::into),
                constraint: error.constraint().map(Into::into),
                message: error.message().to_owned(),
            },
            sqlx::Error::PoolTimedOut => Self { sqlstate: Some("53300".into()), constraint: None, message: "no free connection".into() },
            error @ (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                Self { sqlstate: Some("XX000".into()), constraint: None, message: error.to_string() }
            }
            error => Self { sqlstate: None, constraint: None, message: error.to_string() },
        }
    }
}
