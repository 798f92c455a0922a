//! The fault test in a minute, that it sees what it looks for, and what Redis is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
mod bell;

use std::time::Duration;

use soak::Plan;

fn plan() -> Plan {
    let worker = env!("CARGO_BIN_EXE_soak-worker").into();
    Plan { worker, workers: 4, jobs: 10_000, duration: Duration::from_secs(40), kills: 20, faults: 10, outages: true, naive: false }
}

/// Ten thousand jobs, four workers on Redis Streams, thirty killed, ten of them between effect and completion; Redis emptied and restarted,
/// Postgres restarted: each effect once, nothing queued, nothing lost.
#[tokio::test(flavor = "multi_thread")]
async fn each_effect_happens_once_whatever_is_killed() {
    let report = soak::run(&plan()).await.unwrap();
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
}

/// An effect that its lease alone guards is doubled by the fault point, and the test says so.
#[tokio::test(flavor = "multi_thread")]
async fn an_effect_apart_from_its_completion_is_found_out() {
    let plan = Plan { workers: 2, jobs: 300, duration: Duration::from_secs(5), kills: 0, faults: 3, outages: false, naive: true, ..plan() };
    let found = soak::run(&plan).await.unwrap_err().to_string();
    assert!(found.starts_with("not each effect once") && found.contains("jobs_with_effect: 300, ") && !found.contains(" effects: 300,"), "{found}");
}
