//! What came of all requests of a time, as numbers beside their targets.
use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// One request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// When it was due, since the time began: what waits for its turn waits on the desk's account.
    pub(super) due: Duration,
    /// From when it was due to its answer's last byte.
    pub(super) took: Duration,
    /// What came of it.
    pub(super) outcome: Outcome,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// 2xx.
    Fine,
    /// Another status.
    Status(u16),
    /// No answer, or no whole one.
    Broken,
    /// Not asked: as many were under way as there may be.
    TurnedAway,
}

/// A time, and its requests.
#[derive(Debug, Default, Serialize)]
pub struct Act {
    /// How long it was.
    pub seconds: f64,
    /// Requests.
    pub requests: usize,
    /// Requests a second.
    pub per_second: f64,
    /// Of these, those that were not answered well.
    pub failed: usize,
    /// How, as `what count`.
    pub failures: Vec<String>,
    /// Why some had no answer, each cause once.
    pub causes: Vec<String>,
    /// Asked again because nginx had just closed the connection they were sent on: a client's own doing (RFC 9110, 9.2.2).
    pub asked_again: usize,
    /// Target: under 0.1.
    pub error_rate_percent: f64,
    /// Seconds in which anybody was answered well, of all. Target: at least 99.9.
    pub uptime_percent: f64,
    /// Half was answered within milliseconds.
    pub p50_ms: f64,
    /// 95 of 100. Target: under 1,000; of the load alone under 100.
    pub p95_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
    #[serde(skip)]
    asked: Vec<Asked>,
}

impl Act {
    pub(super) fn of(asked: Vec<Asked>, seconds: f64, asked_again: usize, causes: Vec<String>) -> Self {
        let mut took: Vec<f64> = asked.iter().map(|asked| asked.took.as_secs_f64() * 1e3).collect();
        took.sort_by(f64::total_cmp);
        let within = |part: f64| took.get((took.len() as f64 * part) as usize).copied().unwrap_or_default();
        let mut bad: Vec<Outcome> = asked.iter().map(|asked| asked.outcome).filter(|outcome| *outcome != Outcome::Fine).collect();
        bad.sort();
        let failures = bad.chunk_by(PartialEq::eq).map(|alike| format!("{} {}", alike[0], alike.len())).collect();
        let mut served: Vec<u64> = asked.iter().filter(|asked| asked.outcome == Outcome::Fine).map(|asked| asked.due.as_secs()).collect();
        let mut all: Vec<u64> = asked.iter().map(|asked| asked.due.as_secs()).collect();
        for seconds in [&mut served, &mut all] {
            seconds.sort_unstable();
            seconds.dedup();
        }
        Self {
            seconds,
            requests: asked.len(),
            per_second: asked.len() as f64 / seconds,
            failed: bad.len(),
            failures,
            causes,
            asked_again,
            error_rate_percent: 100.0 * bad.len() as f64 / asked.len().max(1) as f64,
            uptime_percent: 100.0 * served.len() as f64 / all.len().max(1) as f64,
            p50_ms: within(0.5),
            p95_ms: within(0.95),
            p99_ms: within(0.99),
            asked,
        }
    }

    /// How many requests failed in this time, and when the last of them did. One that was due before and was still under way counts.
    pub(super) fn failed_in(&self, from: Duration, to: Duration) -> (usize, Option<Duration>) {
        let failed = self.asked.iter().filter(|asked| asked.outcome != Outcome::Fine).map(|asked| asked.due + asked.took);
        let failed = failed.filter(|failed| *failed >= from && *failed < to);
        (failed.clone().count(), failed.max())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fine => f.write_str("fine"),
            Self::Status(status) => write!(f, "{status}"),
            Self::Broken => f.write_str("broken"),
            Self::TurnedAway => f.write_str("turned away"),
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, seconds, failed, p50_ms, p95_ms, p99_ms, .. } = self;
        write!(
            f,
            "{requests} requests in {seconds:.0} s, {failed} failed {:?}, p50 {p50_ms:.1} ms, p95 {p95_ms:.1} ms, p99 {p99_ms:.1} ms",
            self.failures
        )
    }
}
