//! `itsm check`: whether what is stored agrees with its history, as after a restore it must.
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, Executor};

use crate::database::connect;

const CHECK: &str = include_str!("../sql/check.sql");

/// A ticket that says something else than its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What does not agree: `version`, `events`, a field, `sla_stage`, `sla_marks` or `sla_breach`.
    pub check: String,
    /// The ticket's number.
    pub ticket: String,
    /// What it says, and what its events do.
    pub detail: String,
}

/// Everything that does not agree in the database at `url` (of its owner), by what and by ticket; one statement, so of one moment.
pub async fn check(url: &str) -> Result<Vec<Found>> {
    let mut connection = connect(url).await?;
    connection.execute("set timezone = 'UTC'; set statement_timeout = 0; set jit = off").await?;
    let lines: Vec<String> = sqlx::query_scalar(CHECK).fetch_all(&mut connection).await.context("checking")?;
    connection.close().await?;
    lines.iter().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
