//! A run of wrk.
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
    /// Sends the script's requests to this port, below `prefix`. An answer that is not 2xx is an error: it would be quicker than the work.
    pub(super) fn run(stage: &Stage<'_>, script: &str, port: u16, prefix: &str, seconds: u16) -> Result<Self> {
        let scripts = &stage.tools.scripts;
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", "-c", CONNECTIONS, &format!("-d{seconds}s"), "--latency", "-s"]).arg(scripts.join(format!("{script}.lua")));
        wrk.env("BENCH_TARGET", scripts.join("target.lua")).env("BENCH_IDS", &stage.ids).env("BENCH_TOKEN", &stage.token);
        let said = output(wrk.arg(format!("http://127.0.0.1:{port}{prefix}")))?;
        ensure!(!said.contains("Non-2xx") && !said.contains("Socket errors"), "{script} on {prefix}: {said}");
        let after = |word: &str| said.lines().find_map(|line| line.trim().strip_prefix(word)).map(str::trim).context("wrk's report has changed");
        let requests = said.lines().find_map(|line| line.trim().split_once(" requests in ")).context("wrk's report has changed")?;
        Ok(Self { per_second: after("Requests/sec:")?.parse()?, requests: requests.0.parse()?, p99: after("99%")?.to_owned() })
    }
}
