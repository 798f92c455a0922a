//! `make soak`: the long runs, in full. Each prints what was found as JSON, and fails where something is not as it must be.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser};
use serde::Serialize;
use soak::cluster::Flooder;
use soak::{Plan, alerts, cluster, recompute, storm};
use tokio::signal::unix::{SignalKind, signal};

/// Long runs of real processes.
#[derive(Debug, Parser)]
enum Cli {
    /// The fault test of the queue: each job has its effect once, whatever is killed.
    Queue(Queue),
    /// Incidents raised at once, whose promises are missed: each thing is told once to everybody who is to hear of it.
    Storm(Storm),
    /// A calendar is edited under open tickets: how long until all are computed anew, and how long a writer waits.
    Recompute(Recompute),
    /// The whole cluster behind nginx with TLS: under load, while everything is replaced, and while one thing after another breaks.
    Cluster(Cluster),
    /// Alerts that fire because something is broken, each an incident that Alertmanager opens on the desk, and are over when it is mended.
    Alerts,
    /// One person who asks too much: `cluster` starts it, and tells it on standard input whom to ask.
    #[command(hide = true)]
    Flood,
}

#[derive(Debug, Args)]
struct Queue {
    /// Jobs.
    #[arg(long, default_value_t = 100_000)]
    jobs: i64,
    /// Seconds over which they are enqueued.
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Workers killed at random.
    #[arg(long, default_value_t = 200)]
    kills: usize,
    /// Workers killed between effect and completion.
    #[arg(long, default_value_t = 60)]
    faults: usize,
    /// Worker processes.
    #[arg(long, default_value_t = 4)]
    workers: usize,
}

#[derive(Debug, Args)]
struct Storm {
    /// Incidents.
    #[arg(long, default_value_t = 1_000)]
    incidents: usize,
    /// Mailers killed.
    #[arg(long, default_value_t = 10)]
    kills: usize,
    /// Seconds of the promised answer; the solution is promised ten later.
    #[arg(long, default_value_t = 30)]
    goal: i64,
    /// Let the leases of the killed end after seconds.
    #[arg(long)]
    hurry: bool,
}

#[derive(Debug, Args)]
struct Recompute {
    /// Open tickets.
    #[arg(long, default_value_t = 100_000)]
    tickets: i64,
    /// Seconds that it may take.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Milliseconds that a write may take.
    #[arg(long, default_value_t = 100)]
    write: u64,
}

#[derive(Debug, Args)]
struct Cluster {
    /// Incidents that are there before.
    #[arg(long, default_value_t = 10_000)]
    incidents: u32,
    /// People who ask.
    #[arg(long, default_value_t = 200)]
    people: u8,
    /// Requests a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Seconds in which nothing happens.
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Requests a second while things break.
    #[arg(long, default_value_t = 200)]
    rate_under_fire: u32,
}

/// To the end, or to SIGINT or SIGTERM: then all that was started goes with the run.
#[tokio::main]
async fn main() -> Result<()> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        told = run(Cli::parse()) => told,
        _ = term.recv() => bail!("stopped"),
        _ = int.recv() => bail!("stopped"),
    }
}

async fn run(cli: Cli) -> Result<()> {
    let programs = std::env::current_exe()?.parent().context("no folder")?.to_owned();
    match cli {
        Cli::Queue(asked) => tell(&soak::run(&asked.plan(&programs)).await?),
        Cli::Storm(asked) => tell(&storm::run(&asked.plan(&programs)).await?),
        Cli::Recompute(asked) => tell(&recompute::run(&asked.plan(&programs)).await?),
        Cli::Cluster(asked) => tell(&cluster::run(&asked.plan(&programs)).await?),
        Cli::Alerts => tell(&alerts::run(&programs).await?),
        Cli::Flood => tell(&serde_json::from_reader::<_, Flooder>(std::io::stdin())?.run().await?),
    }
}

fn tell(report: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(report)?);
    Ok(())
}

impl Queue {
    fn plan(&self, programs: &Path) -> Plan {
        let Self { jobs, seconds, kills, faults, workers } = *self;
        let worker = programs.join("soak-worker");
        Plan { worker, workers, jobs, duration: Duration::from_secs(seconds), kills, faults, outages: true, naive: false }
    }
}

impl Storm {
    fn plan(&self, programs: &Path) -> storm::Plan {
        let Self { incidents, kills, goal, hurry } = *self;
        storm::Plan { programs: programs.to_owned(), incidents, goals: [goal, goal + 10], kills, hurry }
    }
}

impl Recompute {
    fn plan(&self, programs: &Path) -> recompute::Plan {
        let limits = Some([Duration::from_secs(self.seconds), Duration::from_millis(self.write)]);
        recompute::Plan { programs: programs.to_owned(), tickets: self.tickets, limits }
    }
}

impl Cluster {
    fn plan(&self, programs: &Path) -> cluster::Plan {
        let Self { incidents, people, rate, seconds, rate_under_fire } = *self;
        cluster::Plan { programs: programs.to_owned(), incidents, people, rate, load: Duration::from_secs(seconds), rate_under_fire }
    }
}
