//! How long requests took, by wrk.
use anyhow::Result;

use super::cases::Case;
use super::scene::Scene;
use crate::bench::load::{Latency, requests, wrk};

/// A case and what came of it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) case: Case,
    /// How many there are on all pages; none for what is no list.
    pub(super) rows: Option<u64>,
    pub(super) latency: Latency,
}

/// Fewer answers tell no p95.
const ENOUGH: u64 = 100;
/// How much longer it is then.
const LONGER: u16 = 8;

/// Runs of a case of which the median counts: where the machine stands still for a twentieth of a second, half of the slowest answers of a run are that.
const RUNS: usize = 3;

/// Warms up, then measures: each case is a statement of its own, which every connection prepares first. What is quick is known after one run; of what is
/// not the run with the median p95 counts.
pub(super) fn latency(scene: &Scene<'_>, case: &Case, seconds: u16, is_quick: impl Fn(&Latency) -> bool) -> Result<Latency> {
    run(scene, case, 1)?;
    let (first, answers) = run(scene, case, seconds)?;
    if answers < ENOUGH {
        return Ok(run(scene, case, seconds * LONGER)?.0);
    }
    if is_quick(&first) {
        return Ok(first);
    }
    let mut runs = vec![first];
    while runs.len() < RUNS {
        runs.push(run(scene, case, seconds)?.0);
    }
    runs.sort_by(|a, b| a.p95.total_cmp(&b.p95));
    Ok(runs[RUNS / 2])
}

fn run(scene: &Scene<'_>, case: &Case, seconds: u16) -> Result<(Latency, u64)> {
    let (script, token, query) = scene.request(case)?;
    let at = format!("http://127.0.0.1:{}", scene.itsm.port);
    let said = wrk(&scene.tools.scripts, script, &scene.ids, &token, seconds, |wrk| wrk.env("BENCH_QUERY", &query).arg(at))?;
    Ok((Latency::said(&said)?, requests(&said)?))
}
