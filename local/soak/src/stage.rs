//! Everything that the queue's test needs: the ground, the workers, and an app to enqueue with.
use std::path::PathBuf;

use anyhow::Result;
use shared::app::App;
use sqlx::{Connection, Executor};

use crate::ground::Ground;
use crate::workers::Workers;
use crate::{Plan, Report, job};

/// The test's world; all of it ends with this value.
pub(super) struct Stage {
    pub(super) workers: Workers,
    pub(super) ground: Ground,
    pub(super) app: App,
    /// Its presence is a fault.
    pub(super) fault: PathBuf,
}

impl Stage {
    pub(super) async fn open(plan: &Plan) -> Result<Self> {
        let ground = Ground::open().await?;
        let mut connection = ground.connection().await?;
        // No key of any kind: a second effect is a second row.
        connection
            .execute("create table effects (job bigint not null, attempt bigint not null); grant insert, select on effects to itsm_app")
            .await?;
        connection.close().await?;
        let app = App::new(&itsm::serve::config_for(&ground.app_url, &ground.secrets, &ground.redis.url())?)?;
        let fault = ground.dir().join("fault");
        let variables = [ground.variables(), vec![(job::FAULT, fault.display().to_string())]].concat();
        let workers = Workers::start(&plan.worker, plan.workers, variables)?;
        Ok(Self { workers, ground, app, fault })
    }

    /// Jobs that are not over.
    pub(super) async fn left(&self) -> Result<i64> {
        let mut connection = self.ground.connection().await?;
        let left = sqlx::query_scalar("select count(*) from jobs where state in ('queued', 'running')").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(left)
    }

    pub(super) async fn count(&self, report: &mut Report) -> Result<()> {
        let mut connection = self.ground.connection().await?;
        (report.effects, report.jobs_with_effect) =
            sqlx::query_as("select count(*), count(distinct job) from effects").fetch_one(&mut connection).await?;
        let states = "select state || ' ' || count(*) from jobs group by state order by state";
        report.states = sqlx::query_scalar(states).fetch_all(&mut connection).await?;
        report.begun_again = sqlx::query_scalar("select count(*) from jobs where attempt > 1").fetch_one(&mut connection).await?;
        Ok(connection.close().await?)
    }

    pub(super) async fn close(self) -> Result<()> {
        drop(self.workers);
        self.app.db.close().await;
        self.ground.close().await
    }
}
