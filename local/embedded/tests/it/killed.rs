//! `kill -9` of the program, at every stage.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use embedded::Options;

use crate::holder::Holder;
use crate::{folder, is_alive, psql, start};

#[tokio::test]
async fn the_next_start_is_sound_and_has_the_data() {
    let dir = folder();
    let server = start(dir.path()).await;
    psql(&server, &server.url("itsm"), "create table kept as select 42 as answer");
    server.stop().await.unwrap();

    let mut holder = Holder::spawn(dir.path(), |command| command);
    let former = holder.outcome().unwrap();
    holder.kill();
    let server = start(dir.path()).await;
    until("the former server is reaped", || !is_alive(former));
    assert_eq!(psql(&server, &server.url("itsm"), "select answer from kept"), "42");
}

/// Where the kernel does not end the server (no `setpriv` on the PATH), the next start must.
#[tokio::test]
async fn an_orphan_is_ended_first() {
    let dir = folder();
    let server = start(dir.path()).await;
    let binaries = server.binaries().to_owned();
    psql(&server, &server.url("itsm"), "create table kept as select 42 as answer");
    server.stop().await.unwrap();

    let mut holder = Holder::spawn(dir.path(), |command| command.env("PATH", "/nonexistent").env("ITSM_POSTGRES_BIN", &binaries));
    let orphan = holder.outcome().unwrap();
    holder.kill();
    assert!(is_alive(orphan));
    let server = start(dir.path()).await;
    until("the orphan is reaped", || !is_alive(orphan));
    assert_eq!(psql(&server, &server.url("itsm"), "select answer from kept"), "42");
}

/// The server itself is killed outright while a statement runs: what it started outlives it by a moment.
#[tokio::test]
async fn the_last_statement_of_a_killed_server_is_waited_for() {
    let dir = folder();
    let server = start(dir.path()).await;
    let (pid, url) = (server.pid().to_string(), server.url("itsm"));
    let mut psql = Command::new(server.binaries().join("psql"));
    // It computes, so it does not look up from its work when its server is gone.
    let statement = "select count(*) from generate_series(1, 5000000) as n where n % 7 = 3";
    let mut busy = psql.args(["-XAtq", "-c", "select 'begun'", "-c", statement, &url]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let begun = BufReader::new(busy.stdout.take().unwrap()).lines().next();
    assert_eq!(begun.unwrap().unwrap(), "begun");
    assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    server.ended().await;
    drop(server);
    let server = start(dir.path()).await;
    busy.wait().unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn on_linux_the_server_goes_with_its_program() {
    if std::env::consts::OS != "linux" {
        return;
    }
    let dir = folder();
    let mut holder = Holder::spawn(dir.path(), |command| command);
    let former = holder.outcome().unwrap();
    holder.kill();
    until("the server is gone", || !is_alive(former));
}

#[tokio::test]
async fn a_cluster_that_was_half_made_is_made_anew() {
    let dir = folder();
    let mut holder = Holder::spawn(dir.path(), |command| command);
    until("initdb is at work", || draft_in(dir.path()));
    holder.kill();
    assert!(!dir.path().join("postgres").exists());

    let server = start(dir.path()).await;
    assert_eq!(psql(&server, &server.url("itsm"), "select 1"), "1");
    server.stop().await.unwrap();
    start(dir.path()).await.stop().await.unwrap();
    assert!(!draft_in(dir.path()));
}

/// After a crash the pid of the server may be another program's: it is neither ended nor in the way.
#[tokio::test]
async fn a_stranger_with_the_servers_pid_is_left_alone() {
    let dir = folder();
    let server = start(dir.path()).await;
    let file = dir.path().join("postgres/data/postmaster.pid");
    let left = fs::read_to_string(&file).unwrap();
    let (_, rest) = left.split_once('\n').unwrap();
    server.stop().await.unwrap();

    let mut stranger = Command::new("sleep").arg("600").spawn().unwrap();
    fs::write(&file, format!("{}\n{rest}", stranger.id())).unwrap();
    let started = embedded::Embedded::start_with(dir.path(), Options::for_tests()).await;
    let spared = stranger.try_wait().unwrap().is_none();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert!(spared);
    let server = started.unwrap();
    assert_eq!(psql(&server, &server.url("itsm"), "select 1"), "1");
}

fn draft_in(dir: &Path) -> bool {
    let mut entries = fs::read_dir(dir).unwrap().flatten();
    entries.any(|entry| entry.file_name().to_string_lossy().starts_with("new."))
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(30), "not in time: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}
