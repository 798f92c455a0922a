//! Postgres by `sqlx`: lazy pools, prepared statements kept per connection.
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, Postgres, Row, SqlSafeStr, SqlStr, query::Query};

use super::{DbError, Json, Param};
use crate::config::DatabaseConfig;

mod asked;
mod pool;
pub use asked::{Asked, asked};
use pool::{Pool, is_dead};

/// Of so many connections one is for lists: planning and sorting is work for a processor, and more of it at once than there are processors makes each wait
/// for all others in turn.
const LISTS: u32 = 3;

/// Two pools of connections; cheap to clone.
///
/// A statement by key is planned once per connection (planning anew costs a get more than its execution). A list must never fall
/// to a generic plan, which knows neither its filters nor its limit: its connections plan each time, unless nothing is asked for.
/// `docs/decisions/0007`.
#[derive(Debug, Clone)]
pub struct Db {
    pool: Pool,
    lists: Pool,
}

impl Db {
    /// Opens nothing yet: the first statement connects.
    pub fn new(config: &DatabaseConfig) -> Result<Self, DbError> {
        let options: PgConnectOptions = config.url.parse().map_err(DbError::from)?;
        let options = options.application_name("itsm");
        let lists = Pool::new(options.clone(), (config.max_connections / LISTS).max(1), Some("set plan_cache_mode = force_custom_plan"));
        Ok(Self { pool: Pool::new(options, config.max_connections.max(1), None), lists })
    }

    /// All rows' one text column.
    pub async fn rows(&self, sql: &'static str, params: &[Param]) -> Result<Vec<Option<Json>>, DbError> {
        on(&self.pool, sql.into_sql_str(), params).await
    }

    /// [`Self::rows`] of a statement with filters that may be null, without those that are. It is planned for these parameters, or once where nothing is asked for.
    pub async fn list(&self, sql: &'static str, params: &[Param]) -> Result<Vec<Option<Json>>, DbError> {
        let Asked { sql, is_plain } = asked(sql, params);
        let pool = if is_plain { &self.pool } else { &self.lists };
        on(pool, AssertSqlSafe(sql).into_sql_str(), params).await // it is the text that was written, less of it
    }

    /// Ends all connections; for shutdown.
    pub async fn close(&self) {
        self.pool.close().await;
        self.lists.close().await;
    }
}

/// A read that meets a dead connection is repeated once, on a new one.
async fn on(pool: &Pool, sql: SqlStr, params: &[Param]) -> Result<Vec<Option<Json>>, DbError> {
    let rows = match pool.fetch_all(bound(sql.clone(), params)).await {
        Err(error) if is_read(sql.as_str()) && is_dead(&error) => pool.fetch_all(bound(sql, params)).await?,
        other => other?,
    };
    rows.iter().map(text).collect()
}

fn text(row: &PgRow) -> Result<Option<Json>, DbError> {
    row.try_get::<Option<String>, _>(0).map_err(DbError::from)
}

fn bound(sql: SqlStr, params: &[Param]) -> Query<'_, Postgres, sqlx::postgres::PgArguments> {
    params.iter().fold(sqlx::query(sql), |query, param| match param {
        Param::Bool(value) => query.bind(*value),
        Param::Int(value) => query.bind(*value),
        Param::Text(value) => query.bind(value.as_deref()),
        Param::Words(words) => query.bind(words.join(",")),
    })
}

/// Only a statement that writes nothing may be sent twice: the first may have committed before the connection died.
fn is_read(sql: &str) -> bool {
    !["insert into", "update ", "delete from", "enqueue(", "held(", "complete("].iter().any(|write| sql.contains(write))
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                Self { sqlstate: error.code().map(Into::into), constraint: error.constraint().map(Into::into), message: error.message().to_owned() }
            }
            sqlx::Error::PoolTimedOut => Self { sqlstate: Some("53300".into()), constraint: None, message: "no free connection".into() },
            error @ (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                Self { sqlstate: Some("XX000".into()), constraint: None, message: error.to_string() }
            }
            error => Self { sqlstate: None, constraint: None, message: error.to_string() },
        }
    }
}
