//! `itsm seed`: people, teams, categories and lifelike incidents to try the platform with, or to measure it.
use anyhow::{Context, Result};
use sqlx::{Connection, Executor, PgConnection};

use crate::database::connect;

pub mod life;

const PEOPLE: &str = include_str!("../sql/seed_people.sql");
const SLAS: &str = include_str!("../sql/seed_slas.sql");
const INCIDENTS: &str = include_str!("../sql/seed_incidents.sql");

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "itsm-demo-only";
/// The administrator of the demonstration.
pub const ADMIN: &str = "admin@example.com";

/// The demonstration's people, teams and categories; what is there stays.
async fn people(connection: &mut PgConnection) -> Result<()> {
    sqlx::query(PEOPLE).bind(auth::password::hash(PASSWORD)?).execute(connection).await.context("people")?;
    Ok(())
}

/// Adds the demonstration's people and promises once, and `count` incidents with their history.
pub async fn seed(url: &str, count: i64) -> Result<()> {
    let mut connection = connect(url).await?;
    connection.execute("set statement_timeout = 0; set timezone = 'UTC'").await?;
    people(&mut connection).await?;
    let mut made = 0;
    while made < count {
        let chunk = (count - made).min(10_000);
        sqlx::query(INCIDENTS).bind(chunk).execute(&mut connection).await.context("incidents")?;
        made += chunk;
    }
    connection.execute(SLAS).await.context("service level definitions")?;
    connection.execute("analyze").await?;
    Ok(connection.close().await?)
}

/// The demonstration's promises alone; what is there stays.
pub async fn promises(url: &str) -> Result<()> {
    let mut connection = connect(url).await?;
    connection.execute(SLAS).await.context("service level definitions")?;
    Ok(connection.close().await?)
}

/// Whether nobody is there yet.
pub async fn is_empty(url: &str) -> Result<bool> {
    let mut connection = connect(url).await?;
    let empty = sqlx::query_scalar("select not exists (select from users)").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(empty)
}
