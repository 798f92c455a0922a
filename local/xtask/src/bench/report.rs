//! The tables, and `docs/performance.md` around them.
use std::fmt::Write;

use anyhow::Result;

use super::limits::{Limits, megabytes};
use super::measured::Measured;
use super::{Effort, INCIDENTS};

/// The part of the bare handler's throughput that must be left.
const RATIO: f64 = 0.85;
const START_MS: f64 = 50.0;
const RESIDENT_MB: f64 = 20.0;
const COMPONENT_MB: f64 = 1.5;

/// The tables alone, and the page.
pub(super) fn write(all: &[Measured], limits: &Limits, queues: &str, effort: &Effort) -> Result<(String, String)> {
    let tables = format!("{}\n{}", throughput(all)?, targets(all, limits)?);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (rounds, seconds) = (effort.rounds, effort.seconds);
    let page = include_str!("performance.md")
        .replace("{incidents}", &thousands(f64::from(INCIDENTS)))
        .replace("{cores}", &cores.to_string())
        .replace("{rounds}", &rounds.to_string())
        .replace("{seconds}", &seconds.to_string())
        .replace("{tables}\n", &tables)
        .replace("{queues}\n", queues);
    Ok((format!("{tables}\n{queues}"), page))
}

fn throughput(all: &[Measured]) -> Result<String> {
    let mut table = String::from(
        "| operation | itsm | bare handler | simplest SQL | pgbench | **itsm / bare** | bare / simplest | bare / pgbench | itsm p99 | bare p99 |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for operation in all {
        let per_second = |of: f64| thousands(of);
        let p99 = |of: fn(&super::Round) -> &String| operation.rounds.last().map(of).cloned().unwrap_or_default();
        writeln!(
            table,
            "| {} | {} | {} | {} | {} | **{:.2}** | {:.2} | {:.2} | {} | {} |",
            operation.name,
            per_second(operation.median(|round| round.itsm.per_second)),
            per_second(operation.median(|round| round.bare.per_second)),
            per_second(operation.median(|round| round.simple.per_second)),
            per_second(operation.median(|round| round.pgbench)),
            operation.median(super::Round::ratio),
            operation.median(|round| round.bare.per_second / round.simple.per_second),
            operation.median(|round| round.bare.per_second / round.pgbench),
            p99(|round| &round.itsm.p99),
            p99(|round| &round.bare.p99),
        )?;
    }
    Ok(table)
}

fn targets(all: &[Measured], limits: &Limits) -> Result<String> {
    let mut table = String::from("| target | found | met |\n|---|---|---|\n");
    let mut row = |target: String, found: String, met: bool| writeln!(table, "| {target} | {found} | {} |", if met { "yes" } else { "**no**" });
    for operation in all {
        let ratio = operation.median(super::Round::ratio);
        row(format!("{}: at least {RATIO} of the bare handler", operation.name), format!("{ratio:.2}"), ratio >= RATIO)?;
    }
    row(format!("start to ready under {START_MS} ms"), format!("{:.1} ms", limits.start_ms), limits.start_ms < START_MS)?;
    let resident = megabytes(limits.resident);
    let found = format!("{resident:.1} MB ({:.1} MB when ready)", megabytes(limits.idle));
    row(format!("under {RESIDENT_MB} MB resident after 100,000 requests"), found, resident < RESIDENT_MB)?;
    if let Some((name, bytes)) = limits.components.iter().max_by_key(|(_, bytes)| bytes) {
        let (largest, count) = (megabytes(*bytes), limits.components.len());
        let found = format!("{largest:.2} MB (`{name}`, the largest of {count})");
        row(format!("WebAssembly components under {COMPONENT_MB} MB"), found, largest < COMPONENT_MB)?;
    }
    Ok(table)
}

/// Rounded, with a comma before each three digits.
pub(super) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    grouped.collect::<Vec<_>>().join(",")
}
