//! The cluster under load and under fire. `local/cluster.sh` starts all of it, every function a process and nginx with TLS before them, and a crowd of
//! people asks it through nginx: so many requests a second, whether it answers or not. First nothing happens to it; then one person more asks far more than
//! anybody may; then every function and worker is replaced, one by one; then one thing after another is killed, emptied, filled or slowed, while a backup is taken. In the end every write that was
//! acknowledged is there, every job is done, and the history agrees with the desk, in the restored backup too.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

mod act;
mod blows;
mod crowd;
mod flood;
mod kept;

use act::Act;
use blows::Blow;
use crowd::Crowd;
pub use flood::{Flood, Flooder};
use kept::Kept;

use crate::site::Site;

/// What is to happen.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The folder of the programs.
    pub programs: PathBuf,
    /// Incidents that are there before.
    pub incidents: u32,
    /// People who ask, each from an address of their own.
    pub people: u8,
    /// Requests a second, of ten eight read.
    pub rate: u32,
    /// How long nothing happens.
    pub load: Duration,
    /// Requests a second while things break.
    pub rate_under_fire: u32,
}

/// What was found.
#[derive(Debug, serde::Serialize)]
pub struct Report {
    /// Nothing happens.
    pub load: Act,
    /// Resident memory of all functions and workers, in MB, ten seconds after the load began and when it ended.
    pub memory_mb: [f64; 2],
    /// Seconds of processor that each part took between those two moments.
    pub processor_seconds: BTreeMap<String, f64>,
    /// One person more asks far more than anybody may.
    pub floods: Vec<Flooded>,
    /// How much longer 95 of 100 answers take for everybody else then: the median of the floods.
    pub slowed: f64,
    /// Every function and worker is replaced, one by one.
    pub rolling: Act,
    /// Things break.
    pub fire: Act,
    /// Which, in their order.
    pub blows: Vec<Blow>,
    /// Writes that were acknowledged, and how many of them are not there.
    pub kept: Kept,
    /// Jobs by state in the end, as `state count`.
    pub jobs: Vec<String>,
    /// Jobs that were begun more than once.
    pub begun_again: i64,
    /// What `itsm check` says of the desk, and of the backup that was taken under fire and restored.
    pub check: [String; 2],
}

/// A flood, and the calm before it.
#[derive(Debug, serde::Serialize)]
pub struct Flooded {
    /// What it is like for everybody before.
    pub calm: Act,
    /// And for everybody else meanwhile.
    pub flooded: Act,
    /// What the one got who floods.
    pub flood: Flood,
}

/// How long the last jobs may take once nothing breaks any more.
const SETTLE: Duration = Duration::from_secs(180);
/// After which the memory is looked at first.
const WARM: Duration = Duration::from_secs(10);
/// How often one person floods the desk, and how long each time.
const FLOODS: usize = 5;
const FLOOD: Duration = Duration::from_secs(15);
/// Within how many milliseconds 95 of 100 must be answered while nothing happens.
const QUICK_MS: f64 = 100.0;
/// How much slower it may be for others then.
const SLOWED: f64 = 1.5;
/// How often the memory of the beginning there may be in the end.
const GROWTH: f64 = 1.25;

/// Runs the plan to its end; an error where an acknowledged write, a job or a request of the rolling replacement is lost.
pub async fn run(plan: &Plan) -> Result<Report> {
    let site = Site::up(&plan.programs).await?;
    site.itsm(&["seed", "--incidents", &plan.incidents.to_string()], &site.database_url()?).await?;
    let crowd = Crowd::gather(&site, plan.people).await?;

    let undisturbed = async {
        tokio::time::sleep(WARM.min(plan.load)).await;
        let (memory, processor) = (site.resident()?, site.processor()?);
        tokio::time::sleep(plan.load.saturating_sub(WARM)).await;
        let mut taken = site.processor()?;
        for (part, seconds) in &mut taken {
            *seconds -= processor.get(part).copied().unwrap_or_default();
        }
        Ok(([memory, site.resident()?], taken))
    };
    let ((memory_mb, processor_seconds), load) = crowd.ask_during(plan.rate, undisturbed).await?;
    println!("{load}");
    let floods = floods(&site, &crowd, plan.rate).await?;
    let ((), rolling) = crowd.ask_during(plan.rate, site.script(&["replace"], &[])).await?;
    println!("replaced: {rolling}");
    let (struck, fire) = crowd.ask_during(plan.rate_under_fire, blows::strike(&site)).await?;
    println!("under fire: {fire}");
    let blows = struck.iter().map(|blow| blow.told(&fire)).collect();

    let mut connection = PgConnection::connect(&site.database_url()?).await?;
    settle(&mut connection).await?;
    let jobs = sqlx::query_scalar("select state || ' ' || count(*) from jobs group by state order by state").fetch_all(&mut connection).await?;
    let begun_again = sqlx::query_scalar("select count(*) from jobs where attempt > 1").fetch_one(&mut connection).await?;
    let kept = crowd.kept(&mut connection).await?;
    let check = [site.itsm(&["check"], &site.database_url()?).await?, restored(&site, &mut connection).await?];
    connection.close().await?;
    let mut slowed: Vec<f64> = floods.iter().map(|flood| flood.flooded.p95_ms / flood.calm.p95_ms).collect();
    slowed.sort_by(f64::total_cmp);
    let slowed = slowed[FLOODS / 2];
    let report = Report { load, memory_mb, processor_seconds, floods, slowed, rolling, fire, blows, kept, jobs, begun_again, check };
    held(&report)?;
    Ok(report)
}

/// Calm and flood in turn: what else the machine does meanwhile falls on both.
async fn floods(site: &Site, crowd: &Arc<Crowd>, rate: u32) -> Result<Vec<Flooded>> {
    let mut connection = PgConnection::connect(&site.database_url()?).await?;
    let mut floods = Vec::new();
    for _ in 0..FLOODS {
        let flooder = Flooder {
            origin: site.origin()?,
            certificate: site.certificate(),
            token: crowd.one_more(&mut connection).await?,
            seconds: FLOOD.as_secs(),
        };
        let nothing = async {
            tokio::time::sleep(FLOOD).await;
            Ok(())
        };
        let ((), calm) = crowd.ask_during(rate, nothing).await?;
        let (flood, flooded) = crowd.ask_during(rate, flooder.unleash(site)).await?;
        println!("before a flood: {calm}");
        println!("flooded: {flooded}, {flood:?}");
        floods.push(Flooded { calm, flooded, flood });
    }
    connection.close().await?; // Postgres is restarted later
    Ok(floods)
}

async fn settle(connection: &mut PgConnection) -> Result<()> {
    let begun = Instant::now();
    loop {
        let left = "select queue || ' ' || state || coalesce(': ' || last_error, '') from jobs where state = 'running' or state = 'queued' and run_at <= now() limit 5";
        let left: Vec<String> = sqlx::query_scalar(left).fetch_all(&mut *connection).await?;
        if left.is_empty() {
            return Ok(());
        }
        ensure!(begun.elapsed() < SETTLE, "jobs are left after {} s: {left:?}", SETTLE.as_secs());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// What the check says of the backup that was taken under fire.
async fn restored(site: &Site, connection: &mut PgConnection) -> Result<String> {
    const NAME: &str = "itsm_restored";
    connection.execute(AssertSqlSafe(format!("create database {NAME}"))).await?;
    let dump = std::fs::read_dir(site.backups())?.flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|end| end == "dump"));
    let dump = dump.context("no backup was made")?;
    let url = format!("{}_restored", site.database_url()?);
    site.itsm(&["restore", &dump.display().to_string()], &url).await?;
    site.itsm(&["check"], &url).await
}

fn held(report: &Report) -> Result<()> {
    let said = || serde_json::to_string_pretty(report).unwrap_or_default();
    ensure!(report.kept.lost == 0, "acknowledged writes are lost: {}", said());
    ensure!(report.jobs.iter().all(|state| state.starts_with("done ") || state.starts_with("queued ")), "jobs are lost: {}", said());
    let flooded: usize = report.floods.iter().map(|flood| flood.calm.failed + flood.flooded.failed).sum();
    ensure!(report.load.failed + flooded + report.rolling.failed == 0, "requests failed while nothing was broken: {}", said());
    ensure!(report.load.p95_ms < QUICK_MS, "it is slow while nothing happens: {}", said());
    ensure!(report.floods.iter().all(|flood| flood.flood.is_one(FLOOD)), "it was no flood: {}", said());
    ensure!(report.slowed <= SLOWED, "a flood slows others: {}", said());
    ensure!(report.memory_mb[1] <= GROWTH * report.memory_mb[0], "the memory grew: {}", said());
    Ok(())
}
