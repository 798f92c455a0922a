//! `make soak`: the fault test in full. Prints what was found as JSON; fails where an effect is missing or doubled.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use soak::Plan;

/// How much.
#[derive(Debug, Parser)]
struct Cli {
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

#[tokio::main]
async fn main() -> Result<()> {
    let Cli { jobs, seconds, kills, faults, workers } = Cli::parse();
    let worker = std::env::current_exe()?.parent().context("no folder")?.join("soak-worker");
    let plan = Plan { worker, workers, jobs, duration: Duration::from_secs(seconds), kills, faults, outages: true, naive: false };
    println!("{}", serde_json::to_string_pretty(&soak::run(&plan).await?)?);
    Ok(())
}
