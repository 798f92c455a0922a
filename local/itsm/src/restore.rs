//! `itsm restore`: a backup into a fresh database, held against its checksum before and against what it held after.
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sqlx::{Connection, Executor};

use crate::backup::{Contents, checksum, contents};
use crate::database::connect;
use crate::migrate::migrate;
use crate::postgres::Program;

/// Processes and their cache keep pages of the book by version: none may have one that a later page had before the accident.
const NEW_PAGE: &str = "update sla_book set version = greatest(version + 1, extract(epoch from now())::bigint)";
/// Whether nothing of ours is in it. What extensions brought is not ours.
const IS_FRESH: &str = "select not exists (select from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r')";

/// Restores `dump` into the database at `url` (of its owner), which must be empty, and brings it to this program's version; answers what it held.
///
/// Either all of it is there or nothing (one transaction), and then rows and sample are counted before anything is changed.
pub async fn restore(url: &str, dump: &Path) -> Result<Contents> {
    let expected = expected(dump)?;
    let mut connection = connect(url).await?;
    let is_fresh: bool = sqlx::query_scalar(IS_FRESH).fetch_one(&mut connection).await?;
    ensure!(is_fresh, "the database is not empty: restore into a fresh one (`create database ...`), then turn DATABASE_URL to it");
    let mut program = Program::new("pg_restore", url)?;
    program.args(["--no-password", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]).arg(dump);
    program.run().await?;
    connection.execute("set timezone = 'UTC'; set statement_timeout = 0; set search_path = 'public'").await?;
    let found = contents(&mut connection).await?;
    connection.execute(NEW_PAGE).await?;
    connection.execute("analyze").await?;
    connection.close().await?;
    ensure!(found == expected, "the restored database does not hold what the backup says: {expected:?}, but {found:?}");
    migrate(url).await?;
    Ok(found)
}

/// What the backup says of itself, once its checksum is right.
fn expected(dump: &Path) -> Result<Contents> {
    let beside = |end: &str| fs::read_to_string(dump.with_extension(end)).with_context(|| format!("reading {}", dump.with_extension(end).display()));
    let said = beside("dump.sha256")?;
    let sum = checksum(dump)?;
    ensure!(said.split_whitespace().next() == Some(sum.as_str()), "{} is damaged: its SHA-256 is {sum}", dump.display());
    serde_json::from_str(&beside("json")?).context("the backup's list of what it holds")
}
