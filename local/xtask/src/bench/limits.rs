//! What has a limit of its own: the start, the memory, the size of the components.
use std::path::Path;

use anyhow::Result;

use super::database::Database;
use super::load::Load;
use super::measured::median;
use super::stage::{self, Stage};
use super::tools::Tools;

/// Requests before the memory is looked at.
pub(super) const REQUESTS: u64 = 100_000;
/// Starts of which the median counts.
pub(super) const STARTS: usize = 10;

/// What was found.
#[derive(Debug)]
pub(super) struct Limits {
    /// Milliseconds from start to ready.
    pub(super) start_ms: f64,
    /// Bytes resident when ready.
    pub(super) idle: u64,
    /// Bytes resident after [`REQUESTS`].
    pub(super) resident: u64,
    /// The components by name and bytes; empty where none is built.
    pub(super) components: Vec<(String, u64)>,
}

/// Measures them.
pub(super) fn measure(root: &Path, tools: &Tools, database: &Database) -> Result<Limits> {
    let start_ms = start(tools, database)?;
    println!("start: {start_ms:.1} ms");
    let stage = Stage::open(tools, database)?;
    let (idle, mut sent) = (stage.itsm.resident()?, 0);
    while sent < REQUESTS {
        sent += Load::run(&stage, "mixed", stage.itsm.port, "", 5)?.requests;
    }
    let resident = stage.itsm.resident()?;
    println!("memory: {:.1} MB after {sent} requests", megabytes(resident));
    Ok(Limits { start_ms, idle, resident, components: components(&root.join("target/wasm")) })
}

fn start(tools: &Tools, database: &Database) -> Result<f64> {
    let (url, name) = database.copy()?;
    let times = (0..STARTS).map(|_| Ok(stage::itsm(tools, database, &url)?.ready_after.as_secs_f64() * 1e3)).collect::<Result<_>>()?;
    database.drop(&name)?;
    Ok(median(times))
}

fn components(dir: &Path) -> Vec<(String, u64)> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "wasm"))
        .filter_map(|entry| Some((entry.path().file_stem()?.to_string_lossy().into_owned(), entry.metadata().ok()?.len())))
        .collect();
    found.sort();
    found
}

/// In units of 1,000,000 bytes.
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
