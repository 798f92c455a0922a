//! How long requests took, by wrk.
use std::fmt;

use anyhow::{Context, Result};

use super::cases::Case;
use super::scene::Scene;
use crate::bench::load::{requests, wrk};

/// A case and what came of it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) case: Case,
    /// How many there are on all pages; none for what is no list.
    pub(super) rows: Option<u64>,
    pub(super) latency: Latency,
}

/// Milliseconds within which so many of a hundred were answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latency {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
}

/// Fewer answers tell no p95.
const ENOUGH: u64 = 100;
/// How much longer it is then.
const LONGER: u16 = 8;

impl Latency {
    /// Warms up, then measures: each case is a statement of its own, which every connection prepares first.
    pub(super) fn of(scene: &Scene<'_>, case: &Case, seconds: u16) -> Result<Self> {
        run(scene, case, 1)?;
        let (measured, answers) = run(scene, case, seconds)?;
        if answers >= ENOUGH { Ok(measured) } else { Ok(run(scene, case, seconds * LONGER)?.0) }
    }
}

fn run(scene: &Scene<'_>, case: &Case, seconds: u16) -> Result<(Latency, u64)> {
    let (script, token, query) = scene.request(case);
    let at = format!("http://127.0.0.1:{}", scene.itsm.port);
    let said = wrk(&scene.tools.scripts, script, &scene.ids, token, seconds, |wrk| wrk.env("BENCH_QUERY", &query).arg(at))?;
    let line = said.lines().find_map(|line| line.strip_prefix("Quantiles: ")?.strip_suffix(" us")).context("target.lua has changed")?;
    let mut quantiles = line.split(' ').map(|us| us.parse::<f64>().unwrap_or_default() / 1e3);
    let mut next = || quantiles.next().context("target.lua has changed");
    Ok((Latency { p50: next()?, p95: next()?, p99: next()? }, requests(&said)?))
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms", self.p50, self.p95, self.p99)
    }
}
