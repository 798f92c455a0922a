//! One statement, one text column, one body.
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgPool};

/// As `shared::db` opens it: lazily, with no ping before use.
pub(crate) fn pool(url: &str) -> sqlx::Result<PgPool> {
    sized(10).connect_lazy(url)
}

/// As `shared::db` opens it for lists, whose statements are planned each time.
pub(crate) fn lists(url: &str) -> sqlx::Result<PgPool> {
    const CUSTOM: &str = "set plan_cache_mode = force_custom_plan";
    sized(5).after_connect(|connection, _| Box::pin(async move { connection.execute(CUSTOM).await.map(drop) })).connect_lazy(url)
}

fn sized(connections: u32) -> PgPoolOptions {
    let options = PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
    options.acquire_timeout(Duration::from_secs(5)).max_lifetime(Duration::from_secs(30 * 60))
}

/// A parameter: text or int8, null or not. The types of a statement's parameters never vary.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Param<'a> {
    Text(Option<&'a str>),
    Int(Option<i64>),
}

/// The first row's text; none where there is no row or the row is null.
pub(crate) async fn text(pool: &PgPool, sql: &'static str, params: &[Param<'_>]) -> Result<Option<String>, Failed> {
    let query = params.iter().fold(sqlx::query_scalar(sql), |query, param| match *param {
        Param::Text(value) => query.bind(value),
        Param::Int(value) => query.bind(value),
    });
    Ok(query.fetch_optional(pool).await?.flatten())
}

/// The text as the body; nothing is 404.
pub(crate) fn body(text: Option<String>) -> Response {
    match text {
        Some(text) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// 500, with the reason: nobody but the benchmark sees it.
#[derive(Debug)]
pub(crate) struct Failed(String);

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}
