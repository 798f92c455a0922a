//! What breaks, one thing after another, each with some calm after it.
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, getuid, kill_process};
use serde::Serialize;
use tokio::process::Command;
use tokio::time::sleep;

use super::act::Act;
use crate::site::Site;

/// One of them, and how the desk took it.
#[derive(Debug, Serialize)]
pub struct Blow {
    /// What was done.
    pub what: &'static str,
    /// Requests that failed between it and the next.
    pub failed: usize,
    /// Seconds from the blow to the last request that failed for it: within them it was mended, too. Target: under 300 for what is killed, 900 for a database.
    pub recovered_s: f64,
}

/// When it was, since the first.
#[derive(Debug)]
pub(super) struct Struck {
    what: &'static str,
    at: Duration,
    until: Duration,
}

impl Struck {
    pub(super) fn told(&self, act: &Act) -> Blow {
        let (failed, last) = act.failed_in(self.at, self.until);
        Blow { what: self.what, failed, recovered_s: last.map_or(0.0, |last| last.saturating_sub(self.at).as_secs_f64()) }
    }
}

/// After each.
const CALM: Duration = Duration::from_secs(5);
/// How long what is filled, slowed or wrong stays so.
const LONG: Duration = Duration::from_secs(8);
/// Before somebody starts what was killed.
const NOTICED: Duration = Duration::from_secs(1);
/// What keeps the programs alive (`cluster.sh up`) starts these again.
const KILLED: [(&str, &str); 7] = [
    ("kill -9 of the function incidents", "incidents"),
    ("kill -9 of the function auth", "auth"),
    ("kill -9 of the worker notify", "notify"),
    ("kill -9 of the worker sla", "sla"),
    ("kill -9 of a scheduler", "sweep"),
    ("kill -9 of nginx", "nginx"),
    ("kill -9 of Redis", "redis"),
];

/// Strikes all.
pub(super) async fn strike(site: &Site) -> Result<Vec<Struck>> {
    let (begun, mut struck) = (Instant::now(), Vec::new());
    sleep(CALM).await;
    for (what, name) in KILLED {
        let at = begun.elapsed();
        site.kill(name)?;
        sleep(NOTICED).await;
        site.script(&["up"], &[]).await?;
        calm(begun, &mut struck, what, at).await;
    }

    let at = begun.elapsed();
    kill_process(site.process("postgres")?, Signal::INT)?;
    sleep(NOTICED).await;
    site.script(&["up"], &[]).await?;
    calm(begun, &mut struck, "Postgres restarted", at).await;

    let at = begun.elapsed();
    redis(site, &["flushall"]).await?;
    calm(begun, &mut struck, "Redis emptied", at).await;

    if getuid().is_root() {
        let at = begun.elapsed();
        full(site).await?;
        calm(begun, &mut struck, "Redis' disk full", at).await;
    } else {
        println!("SKIPPED: only root can give Redis a disk of its own to fill");
    }

    let at = begun.elapsed();
    clock(site).await?;
    calm(begun, &mut struck, "the clock of the worker notify an hour ahead", at).await;

    let at = begun.elapsed();
    slow(site).await?;
    calm(begun, &mut struck, "the database slow: 100 ms of every 200 it stands still", at).await;

    let at = begun.elapsed();
    site.itsm(&["backup", &site.backups().display().to_string()], &site.database_url()?).await?;
    calm(begun, &mut struck, "a backup taken", at).await;
    Ok(struck)
}

async fn calm(begun: Instant, struck: &mut Vec<Struck>, what: &'static str, at: Duration) {
    sleep(CALM).await;
    println!("{what}, at {:.0} s", at.as_secs_f64());
    struck.push(Struck { what, at, until: begun.elapsed() });
}

async fn redis(site: &Site, command: &[&str]) -> Result<()> {
    let mut cli = Command::new("redis-cli");
    cli.args(["-e", "-p", &site.port("redis")?.to_string()]).args(command).env("REDISCLI_AUTH", site.read("secrets/redis")?);
    let status = cli.stdin(Stdio::null()).stdout(Stdio::null()).status().await.context("starting redis-cli")?;
    ensure!(status.success(), "redis-cli {command:?}: {status}");
    Ok(())
}

/// A disk of its own is put over Redis' folder, with what was there, and filled.
async fn full(site: &Site) -> Result<()> {
    let folder = site.file("redis");
    let (kept, at) = (site.file("redis.kept"), folder.display().to_string());
    site.kill("redis")?;
    run("cp", &["-a", &at, &kept.display().to_string()]).await?;
    run("mount", &["-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", &at]).await?;
    run("cp", &["-a", &format!("{}/.", kept.display()), &at]).await?;
    let filled = async {
        site.script(&["up"], &[]).await?;
        let _no_space_left = Command::new("dd").args(["if=/dev/zero", &format!("of={at}/full"), "bs=64k"]).stderr(Stdio::null()).status().await?;
        sleep(LONG).await;
        std::fs::remove_file(folder.join("full"))?;
        sleep(CALM).await;
        site.kill("redis")
    };
    let filled: Result<()> = filled.await;
    run("umount", &["--lazy", &at]).await?;
    filled?;
    sleep(NOTICED).await;
    site.script(&["up"], &[]).await
}

/// A worker with another clock in the place of the one there is: what it claims, it claims an hour ahead.
async fn clock(site: &Site) -> Result<()> {
    let environment = std::fs::read(format!("/proc/{}/environ", site.process("notify")?.as_raw_nonzero()))?;
    let variables = environment.split(|byte| *byte == 0).filter_map(|line| std::str::from_utf8(line).ok()?.split_once('='));
    let mut worker = Command::new(site.programs().join("notify"));
    worker.env_clear().envs(variables).env("LD_PRELOAD", faketime()?).env("FAKETIME", "+1h").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    site.kill("notify")?;
    let mut worker = worker.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true).spawn().context("starting notify")?;
    sleep(LONG).await;
    ensure!(worker.try_wait()?.is_none(), "the worker with the wrong clock has ended");
    worker.kill().await?;
    site.script(&["up"], &[]).await
}

/// Debian has it in a folder of each architecture.
fn faketime() -> Result<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path().join("faketime/libfaketime.so.1"));
    folders.into_iter().find(|file| file.is_file()).context("libfaketime is not installed: apt-get install faketime")
}

/// All of its processes stop and go on.
async fn slow(site: &Site) -> Result<()> {
    const HALF: Duration = Duration::from_millis(100);
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        let postmaster = site.process("postgres")?;
        let number = postmaster.as_raw_nonzero();
        let children = std::fs::read_to_string(format!("/proc/{number}/task/{number}/children"))?;
        let children = children.split_ascii_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?));
        let all: Vec<Pid> = std::iter::once(postmaster).chain(children).collect();
        for signal in [Signal::STOP, Signal::CONT] {
            for pid in &all {
                let _may_have_ended = kill_process(*pid, signal);
            }
            sleep(HALF).await;
        }
    }
    Ok(())
}

async fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let status = Command::new(program).args(arguments).status().await.with_context(|| format!("starting {program}"))?;
    ensure!(status.success(), "{program} {arguments:?}: {status}");
    Ok(())
}
