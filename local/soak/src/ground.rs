//! What every scenario stands on: a Postgres that keeps each commit on the disk, a Redis that keeps nothing, and the secrets of a desk.
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use embedded::{Embedded, Options};
use itsm::secrets::Secrets;
use shared::config::key;
use shared::token::Signer;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::server::Redis;

/// All of it ends with this value.
pub(crate) struct Ground {
    pub(crate) redis: Redis,
    /// The owner's, for looking behind the functions.
    pub(crate) database_url: String,
    /// The functions'.
    pub(crate) app_url: String,
    pub(crate) secrets: Secrets,
    /// What access tokens are signed with.
    pub(crate) signer: Signer,
    postgres: Option<Embedded>,
    dir: TempDir,
}

/// Each commit is on the disk, as it would be: only so may Postgres end at any time.
fn options() -> Options {
    Options { max_connections: 300, ..Options::default() }
}

impl Ground {
    /// Starts it all, and migrates.
    pub(crate) async fn open() -> Result<Self> {
        // Root hands the server to an unprivileged user, who must reach the folder.
        let dir = tempfile::Builder::new().prefix("itsm-soak-").permissions(Permissions::from_mode(0o755)).tempdir()?;
        let postgres = Embedded::start_with(&dir.path().join("db"), options()).await?;
        let database_url = postgres.url(embedded::OWNER);
        itsm::migrate::migrate(&database_url).await?;
        let redis = Redis::start(dir.path())?;
        let secrets = Secrets::in_folder(dir.path())?;
        let signer = Signer::new(&key("JWT_SIGNING_KEY", &secrets.jwt_signing_key)?);
        let app_url = database_url.replace("user=itsm", "user=itsm_app");
        Ok(Self { redis, database_url, app_url, secrets, signer, postgres: Some(postgres), dir })
    }

    /// What is written beside the servers.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What every process of a function is told.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.app_url.clone()),
            ("QUEUE_URL", self.redis.url()),
            ("SECRET_KEY", self.secrets.secret_key.clone()),
            ("JWT_KEYS", self.signer.public_keys()),
            ("RATE_LIMIT", "0".to_owned()), // a few people ask all there is to ask
            ("PORT", "0".to_owned()),
        ]
    }

    /// Stops Postgres, whatever is under way, and starts it again.
    pub(crate) async fn restart_postgres(&mut self) -> Result<()> {
        if let Some(postgres) = self.postgres.take() {
            postgres.stop().await?;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        self.postgres = Some(Embedded::start_with(&self.dir.path().join("db"), options()).await?);
        Ok(())
    }

    /// The owner's.
    pub(crate) async fn connection(&self) -> Result<PgConnection> {
        PgConnection::connect(&self.database_url).await.context("the test's Postgres")
    }

    /// Stops Postgres in order.
    pub(crate) async fn close(mut self) -> Result<()> {
        if let Some(postgres) = self.postgres.take() {
            postgres.stop().await?;
        }
        Ok(())
    }
}
