//! A run of wrk.
use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::stage::Stage;
use super::tools::output;

/// Connections that ask at once, of wrk as of pgbench.
pub(super) const CONNECTIONS: &str = "16";

/// What wrk found.
#[derive(Debug, Clone)]
pub(super) struct Load {
    /// Requests a second.
    pub(super) per_second: f64,
    /// Requests in all.
    pub(super) requests: u64,
    /// 99 of 100 were answered within this, as wrk writes it.
    pub(super) p99: String,
}

impl Load {
    /// Sends the script's requests to this port, below `prefix`.
    pub(super) fn run(stage: &Stage<'_>, script: &str, port: u16, prefix: &str, seconds: u16) -> Result<Self> {
        let said = wrk(&stage.tools.scripts, script, &stage.ids, &stage.token, seconds, |wrk| wrk.arg(format!("http://127.0.0.1:{port}{prefix}")))?;
        let after = |word: &str| said.lines().find_map(|line| line.trim().strip_prefix(word)).map(str::trim).context("wrk's report has changed");
        let requests = requests(&said)?;
        Ok(Self { per_second: after("Requests/sec:")?.parse()?, requests, p99: after("99%")?.to_owned() })
    }
}

/// What wrk says. An answer that is not 2xx is an error: it would be quicker than the work.
pub(super) fn wrk(
    scripts: &Path, script: &str, ids: &Path, token: &str, seconds: u16, at: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<String> {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", "-c", CONNECTIONS, &format!("-d{seconds}s"), "--timeout", "30s", "--latency", "-s"]).arg(scripts.join(format!("{script}.lua")));
    wrk.env("BENCH_TARGET", scripts.join("target.lua")).env("BENCH_IDS", ids).env("BENCH_TOKEN", token);
    let said = output(at(&mut wrk))?;
    ensure!(!said.contains("Non-2xx") && !said.contains("Socket errors"), "{wrk:?}: {said}");
    Ok(said)
}

/// Requests that were answered.
pub(super) fn requests(said: &str) -> Result<u64> {
    let line = said.lines().find_map(|line| line.trim().split_once(" requests in ")).context("wrk's report has changed")?;
    Ok(line.0.parse()?)
}

/// Milliseconds within which so many of a hundred were answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latency {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
}

impl Latency {
    /// Of what wrk said.
    pub(super) fn said(said: &str) -> Result<Self> {
        let line = said.lines().find_map(|line| line.strip_prefix("Quantiles: ")?.strip_suffix(" us")).context("target.lua has changed")?;
        let mut quantiles = line.split(' ').map(|us| us.parse::<f64>().unwrap_or_default() / 1e3);
        let mut next = || quantiles.next().context("target.lua has changed");
        Ok(Self { p50: next()?, p95: next()?, p99: next()? })
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms", self.p50, self.p95, self.p99)
    }
}
