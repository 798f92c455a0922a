//! Long runs of real processes, each with what must be true in the end: the [`storm`], [`recompute`], the [`cluster`], its [`alerts`], and the fault test of the queue, which is
//! [`run`]. In that, jobs add a row each to a table without any key; whatever happens to the workers, to Redis and to Postgres, in the end there
//! is one row a job: a second run would be a second row.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

pub mod alerts;
mod chaos;
mod client;
pub mod cluster;
mod ground;
pub mod job;
mod producer;
pub mod recompute;
pub mod server;
mod site;
mod stage;
pub mod storm;
mod workers;

use stage::Stage;

/// What is to happen.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The worker's program.
    pub worker: PathBuf,
    /// Worker processes.
    pub workers: usize,
    /// Jobs, enqueued evenly over the time.
    pub jobs: i64,
    /// How long jobs are enqueued.
    pub duration: Duration,
    /// Workers killed at random, wherever they are.
    pub kills: usize,
    /// Workers that kill themselves between a job's effect and its completion.
    pub faults: usize,
    /// Whether Redis is emptied and restarted, and Postgres restarted, once each.
    pub outages: bool,
    /// Jobs that do it as one should not: the test must see that.
    pub naive: bool,
}

/// What was found.
#[derive(Debug, Default, serde::Serialize)]
pub struct Report {
    /// Jobs enqueued.
    pub jobs: i64,
    /// Rows of the effects.
    pub effects: i64,
    /// Jobs with an effect.
    pub jobs_with_effect: i64,
    /// Jobs by state, as `state count`.
    pub states: Vec<String>,
    /// Jobs that were begun more than once.
    pub begun_again: i64,
    /// Workers killed with SIGKILL at random.
    pub killed: usize,
    /// Workers killed with SIGKILL between effect and completion.
    pub killed_after_effect: usize,
    /// Redis was emptied so often.
    pub redis_flushed: usize,
    /// Redis was restarted so often.
    pub redis_restarted: usize,
    /// Postgres was restarted so often.
    pub postgres_restarted: usize,
    /// From the first job to the last effect.
    pub seconds: u64,
}

/// How long the last jobs may take once nothing breaks any more.
const SETTLE: Duration = Duration::from_secs(120);

/// Runs the plan to its end; an error where an effect is missing or doubled.
pub async fn run(plan: &Plan) -> Result<Report> {
    let begun = Instant::now();
    let mut stage = Stage::open(plan).await?;
    let producing = tokio::spawn(producer::produce(stage.app.clone(), stage.ground.database_url.clone(), plan.clone()));
    let mut report = Report { jobs: plan.jobs, ..Report::default() };
    chaos::unleash(&mut stage, plan, &mut report).await?;
    producing.await.context("the producer")??;
    settle(&mut stage, &mut report).await?;
    report.seconds = begun.elapsed().as_secs();
    stage.count(&mut report).await?;
    stage.close().await?;
    check(plan, &report)?;
    Ok(report)
}

async fn settle(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let begun = Instant::now();
    while stage.left().await? > 0 {
        ensure!(begun.elapsed() < SETTLE, "{} jobs are left after {} s", stage.left().await?, SETTLE.as_secs());
        report.killed_after_effect += stage.workers.revive()?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

fn check(plan: &Plan, report: &Report) -> Result<()> {
    let exact = report.effects == plan.jobs && report.jobs_with_effect == plan.jobs && report.states == [format!("done {}", plan.jobs)];
    if !exact {
        bail!("not each effect once: {report:?}");
    }
    ensure!(report.killed >= plan.kills && report.killed_after_effect >= plan.faults, "less was killed than planned: {report:?}");
    let broke = [report.redis_flushed, report.redis_restarted, report.postgres_restarted];
    ensure!(broke == [usize::from(plan.outages); 3], "not what was planned broke: {report:?}");
    Ok(())
}
