//! `cargo xtask bench`: what the platform costs over a bare handler with the same statements, and `docs/performance.md`.
//!
//! Each operation meets a fresh copy of one database of 10,000 incidents. In each round the platform, the bare handler and the simplest
//! SQL are loaded one after another and `pgbench` runs the same statements, so that whatever else the machine does falls on all of them;
//! a ratio is the median of the rounds' ratios.
use std::path::Path;

use anyhow::Result;

mod ceiling;
mod database;
mod limits;
mod load;
mod measured;
mod process;
mod report;
mod stage;
mod tools;

use measured::{Measured, Round};
use stage::Stage;
use tools::Tools;

/// Incidents in the database.
pub(crate) const INCIDENTS: u32 = 10_000;

/// How long to measure.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Effort {
    /// Rounds of each operation.
    #[arg(long, default_value_t = 3)]
    pub rounds: u16,
    /// Seconds of each run.
    #[arg(long, default_value_t = 5)]
    pub seconds: u16,
    /// Only operations whose name contains this; the report is then printed and not written.
    #[arg(long, default_value = "")]
    pub only: String,
}

/// What is measured: its name, the script of wrk and pgbench.
pub(crate) const OPERATIONS: [(&str, &str); 4] = [("get", "get"), ("list of 50", "list"), ("create", "create"), ("patch", "patch")];

/// Measures and writes the report.
pub(crate) fn run(root: &Path, effort: &Effort) -> Result<()> {
    let tools = Tools::find(root)?;
    let database = database::Database::start()?;
    database.fill(&tools)?;
    let mut all = Vec::new();
    for (name, script) in OPERATIONS.into_iter().filter(|(name, _)| name.contains(&effort.only)) {
        all.push(Measured { name, rounds: rounds(&tools, &database, script, effort)? });
    }
    let limits = limits::measure(root, &tools, &database)?;
    let (table, page) = report::write(&all, &limits, effort)?;
    println!("{table}");
    if effort.only.is_empty() {
        std::fs::write(root.join("docs/performance.md"), page)?;
        println!("wrote docs/performance.md");
    }
    Ok(())
}

fn rounds(tools: &Tools, database: &database::Database, script: &str, effort: &Effort) -> Result<Vec<Round>> {
    (0..effort.rounds)
        .map(|number| {
            let stage = Stage::open(tools, database)?;
            let round = Round::measure(&stage, script, number, effort.seconds)?;
            println!("{script}: {round}");
            Ok(round)
        })
        .collect()
}
