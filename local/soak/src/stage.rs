//! Everything that the test needs: a Postgres, a Redis, the workers, and an app to enqueue with.
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::{Context, Result};
use embedded::{Embedded, Options};
use itsm::secrets::Secrets;
use shared::app::App;
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;

use crate::server::Redis;
use crate::workers::Workers;
use crate::{Plan, Report, job};

/// The test's world; all of it ends with this value.
pub(super) struct Stage {
    pub(super) workers: Workers,
    pub(super) redis: Redis,
    pub(super) app: App,
    /// The owner's, for the producer and for counting.
    pub(super) database_url: String,
    /// Its presence is a fault.
    pub(super) fault: PathBuf,
    postgres: Option<Embedded>,
    dir: TempDir,
}

/// Each commit is on the disk, as it would be: only so may Postgres end at any time.
fn options() -> Options {
    Options { max_connections: 100, ..Options::default() }
}

impl Stage {
    pub(super) async fn open(plan: &Plan) -> Result<Self> {
        // Root hands the server to an unprivileged user, who must reach the folder.
        let dir = tempfile::Builder::new().prefix("itsm-soak-").permissions(Permissions::from_mode(0o755)).tempdir()?;
        let postgres = Embedded::start_with(&dir.path().join("db"), options()).await?;
        let database_url = postgres.url(embedded::OWNER);
        itsm::migrate::migrate(&database_url).await?;
        let mut connection = PgConnection::connect(&database_url).await?;
        // No key of any kind: a second effect is a second row.
        connection
            .execute("create table effects (job bigint not null, attempt bigint not null); grant insert, select on effects to itsm_app")
            .await?;
        connection.close().await?;
        let redis = Redis::start(dir.path())?;
        let app_url = database_url.replace("user=itsm", "user=itsm_app");
        let secrets = Secrets::in_folder(dir.path())?;
        let app = App::new(&itsm::serve::config_for(&app_url, &secrets, &redis.url())?)?;
        let fault = dir.path().join("fault");
        let variables = vec![
            ("DATABASE_URL", app_url),
            ("QUEUE_URL", redis.url()),
            ("SECRET_KEY", secrets.secret_key),
            ("JWT_KEYS", r#"{"keys":[]}"#.to_owned()),
            ("PORT", "0".to_owned()),
            (job::FAULT, fault.display().to_string()),
        ];
        let workers = Workers::start(&plan.worker, plan.workers, variables)?;
        Ok(Self { workers, redis, app, database_url, fault, postgres: Some(postgres), dir })
    }

    /// Stops Postgres, whatever is under way, and starts it again.
    pub(super) async fn restart_postgres(&mut self) -> Result<()> {
        if let Some(postgres) = self.postgres.take() {
            postgres.stop().await?;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        self.postgres = Some(Embedded::start_with(&self.dir.path().join("db"), options()).await?);
        Ok(())
    }

    async fn connection(&self) -> Result<PgConnection> {
        PgConnection::connect(&self.database_url).await.context("the test's Postgres")
    }

    /// Jobs that are not over.
    pub(super) async fn left(&self) -> Result<i64> {
        let mut connection = self.connection().await?;
        let left = sqlx::query_scalar("select count(*) from jobs where state in ('queued', 'running')").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(left)
    }

    pub(super) async fn count(&self, report: &mut Report) -> Result<()> {
        let mut connection = self.connection().await?;
        (report.effects, report.jobs_with_effect) =
            sqlx::query_as("select count(*), count(distinct job) from effects").fetch_one(&mut connection).await?;
        let states = "select state || ' ' || count(*) from jobs group by state order by state";
        report.states = sqlx::query_scalar(states).fetch_all(&mut connection).await?;
        report.begun_again = sqlx::query_scalar("select count(*) from jobs where attempt > 1").fetch_one(&mut connection).await?;
        Ok(connection.close().await?)
    }

    pub(super) async fn close(mut self) -> Result<()> {
        drop(self.workers);
        self.app.db.close().await;
        if let Some(postgres) = self.postgres.take() {
            postgres.stop().await?;
        }
        Ok(())
    }
}
