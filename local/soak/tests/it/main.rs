//! Each long run in a minute, that the fault test sees what it looks for, and what Redis is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
mod bell;
mod limits;

use std::path::{Path, PathBuf};
use std::time::Duration;

use soak::{Plan, recompute, storm};

/// Where the functions' programs are built.
fn programs() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_soak-worker")).parent().unwrap().to_owned()
}

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

/// A hundred and fifty incidents with two promises each that are soon missed; two schedulers, four workers a queue, mailers killed: each reminder and
/// breach once, and one mail to everybody who is to hear of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_incidents_tells_each_thing_once() {
    let plan = storm::Plan { programs: programs(), incidents: 150, goals: [12, 16], kills: 4, hurry: true };
    println!("{}", serde_json::to_string_pretty(&storm::run(&plan).await.unwrap()).unwrap());
}

/// How long it may take is the full run's to say.
#[tokio::test(flavor = "multi_thread")]
async fn an_edited_calendar_reaches_every_clock_beside_a_writer() {
    let plan = recompute::Plan { programs: programs(), tickets: 3_000, limits: None };
    println!("{}", serde_json::to_string_pretty(&recompute::run(&plan).await.unwrap()).unwrap());
}
