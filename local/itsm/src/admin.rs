//! `itsm admin create`: the first person of an installation.
use anyhow::{Context, Result, anyhow};
use sqlx::Connection;
use uuid::Uuid;

use crate::database::connect;

const CREATE: &str = include_str!("../sql/admin_create.sql");

/// Makes an administrator, or gives an existing person that role and this password.
pub async fn create(url: &str, email: &str, password: &str) -> Result<Uuid> {
    auth::password::check(password, email).map_err(|why| anyhow!("the password will not do. {why}"))?;
    let mut connection = connect(url).await?;
    let hash = auth::password::hash(password)?;
    let name = email.split('@').next().unwrap_or(email);
    let id = sqlx::query_scalar(CREATE).bind(Uuid::now_v7().to_string()).bind(email.to_lowercase()).bind(name).bind(hash);
    let id: String = id.fetch_one(&mut connection).await.context("making the administrator")?;
    connection.close().await?;
    Ok(id.parse()?)
}
