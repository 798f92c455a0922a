//! `cargo xtask bench`: what the platform costs over a bare handler with the same statements, what its lists cost at a million incidents
//! ([`million`]), what a cold start on Lambda takes ([`cold`]), what Spin adds to a request ([`spin`]), and `docs/performance.md`.
//!
//! Each operation meets a fresh copy of one database of 10,000 incidents. In each round the platform, the bare handler and the simplest
//! SQL are loaded one after another and `pgbench` runs the same statements, so that whatever else the machine does falls on all of them;
//! a ratio is the median of the rounds' ratios.
use std::path::Path;

use anyhow::Result;

mod ceiling;
mod cold;
mod database;
mod jobs;
mod limits;
mod load;
mod measured;
mod million;
mod page;
mod process;
mod report;
mod spin;
mod stage;
mod tools;

use measured::{Measured, Round};
use stage::Stage;
use tools::Tools;

/// Incidents in the database.
pub(crate) const INCIDENTS: u32 = 10_000;

/// What to measure, and how long.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Effort {
    /// Rounds of each operation: many short ones, so that what else the machine does for a while falls on all columns of a round alike.
    #[arg(long, default_value_t = 15)]
    pub rounds: u16,
    /// Seconds of each run.
    #[arg(long, default_value_t = 2)]
    pub seconds: u16,
    /// Only what has this in its name; the report is then printed and not written.
    #[arg(long, default_value = "")]
    pub only: String,
    /// Only this part of the page.
    #[arg(long)]
    pub part: Option<Part>,
    /// Incidents of the second part; with another number its report is printed and not written.
    #[arg(long, default_value_t = MILLION)]
    pub incidents: u32,
    /// Build nothing: take the programs that are in this folder of `target`; the report is then printed and not written.
    #[arg(long)]
    pub built: Option<String>,
}

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Beside the bare handler.
    Throughput,
    /// Every list at a million incidents.
    Million,
    /// A cold start on AWS Lambda.
    Cold,
    /// Components beside the native program.
    Spin,
}

/// Incidents of the second part.
const MILLION: u32 = 1_000_000;

impl Effort {
    fn has(&self, part: Part) -> bool {
        self.part.is_none_or(|only| only == part)
    }

    fn is_whole(&self) -> bool {
        self.only.is_empty() && self.incidents == MILLION && self.built.is_none()
    }
}

/// What is measured: its name, the script of wrk and pgbench.
pub(crate) const OPERATIONS: [(&str, &str); 4] = [("get", "get"), ("list of 50", "list"), ("create", "create"), ("patch", "patch")];

/// Measures and writes the report.
pub(crate) fn run(root: &Path, effort: &Effort) -> Result<()> {
    let tools = Tools::find(root, effort.built.as_deref())?;
    let first = if effort.has(Part::Throughput) { Some(throughput(root, &tools, effort)?) } else { None };
    let second = if effort.has(Part::Million) { Some(million::run(root, &tools, effort)?) } else { None };
    let third = if effort.has(Part::Cold) && effort.only.is_empty() { Some(cold::run(root, &tools, effort)?) } else { None };
    let fourth = if effort.has(Part::Spin) && effort.only.is_empty() { Some(spin::run(root, &tools, effort)?) } else { None };
    if effort.is_whole() { page::write(root, [first, second, third, fourth]) } else { Ok(()) }
}

fn throughput(root: &Path, tools: &Tools, effort: &Effort) -> Result<String> {
    let database = database::Database::start()?;
    database.fill(tools, INCIDENTS)?;
    let mut all = Vec::new();
    for (name, script) in OPERATIONS.into_iter().filter(|(name, _)| name.contains(&effort.only)) {
        all.push(Measured { name, rounds: rounds(tools, &database, script, effort)? });
    }
    if effort.only == "jobs" {
        println!("{}", jobs::Queues::measure(root, tools, &database)?.table()?);
        return Ok(String::new());
    }
    let limits = limits::measure(root, tools, &database)?;
    let queues = jobs::Queues::measure(root, tools, &database)?.table()?;
    let (table, page) = report::write(&all, &limits, &queues, effort)?;
    println!("{table}");
    Ok(page)
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
