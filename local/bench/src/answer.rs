//! One statement, one text column, one body.
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sqlx::Row;
use sqlx::postgres::PgConnectOptions;

use crate::pool::Pool;

/// As `shared::db` opens the one that its four operations use.
pub(crate) fn pool(url: &str) -> sqlx::Result<Pool> {
    Ok(Pool::new(url.parse::<PgConnectOptions>()?, 10, None))
}

/// A parameter: text, int8 or bool, null or not. The types of a statement's parameters never vary.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Param<'a> {
    Text(Option<&'a str>),
    Int(Option<i64>),
    Bool(Option<bool>),
}

/// The first row's text; none where there is no row or the row is null.
pub(crate) async fn text(pool: &Pool, sql: &'static str, params: &[Param<'_>]) -> Result<Option<String>, Failed> {
    let query = params.iter().fold(sqlx::query(sql), |query, param| match *param {
        Param::Text(value) => query.bind(value),
        Param::Int(value) => query.bind(value),
        Param::Bool(value) => query.bind(value),
    });
    let rows = pool.fetch_all(query).await?;
    Ok(rows.first().map(|row| row.try_get(0)).transpose()?.flatten())
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
