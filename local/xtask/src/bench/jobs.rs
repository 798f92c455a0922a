//! The queue beside Celery's: four worker processes each, one Redis, jobs that do nothing. Ours are rows that every commit has put on the disk.
use std::fmt::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::database::Database;
use super::tools::{Tools, output};

/// Worker processes of each.
const WORKERS: usize = 4;

/// What `bench-jobs` and `celery/run.py` print.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Speed {
    enqueue_per_second: f64,
    jobs_per_second: f64,
    p50_ms: f64,
    p95_ms: f64,
}

/// Both, one after the other.
#[derive(Debug)]
pub(super) struct Queues {
    ours: Speed,
    celery: Speed,
}

/// A program that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _already_gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn start(command: &mut Command) -> Result<Running> {
    let program = command.get_program().to_string_lossy().into_owned();
    Ok(Running(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().with_context(|| format!("starting {program}"))?))
}

impl Queues {
    /// Measures them.
    pub(super) fn measure(root: &Path, tools: &Tools, database: &Database) -> Result<Self> {
        let (_redis, url) = redis(database.dir())?;
        let ours = ours(tools, database, &url)?;
        println!("jobs: {ours:?}");
        output(Command::new("redis-cli").args(["-u", &url, "flushall"]))?;
        let celery = celery(root, &url)?;
        println!("celery: {celery:?}");
        Ok(Self { ours, celery })
    }

    /// As a table.
    pub(super) fn table(&self) -> Result<String> {
        let mut table = String::from("| | itsm | Celery | **itsm / Celery** |\n|---|---|---|---|\n");
        let mut row = |name: &str, of: fn(&Speed) -> f64| {
            let (ours, celery) = (of(&self.ours), of(&self.celery));
            writeln!(table, "| {name} | {ours:.1} | {celery:.1} | **{:.2}** |", ours / celery)
        };
        row("enqueued a second", |speed| speed.enqueue_per_second)?;
        row("jobs a second, end to end", |speed| speed.jobs_per_second)?;
        row("p50 from commit to effect, ms", |speed| speed.p50_ms)?;
        row("p95 from commit to effect, ms", |speed| speed.p95_ms)?;
        Ok(table)
    }
}

fn redis(dir: &Path) -> Result<(Running, String)> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"]).arg(dir);
    let running = start(&mut command)?;
    let begun = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        ensure!(begun.elapsed() < Duration::from_secs(20), "redis-server does not listen after 20 s");
        sleep(Duration::from_millis(10));
    }
    Ok((running, format!("redis://127.0.0.1:{port}/0")))
}

fn ours(tools: &Tools, database: &Database, redis: &str) -> Result<Speed> {
    let (url, name) = database.copy()?;
    let owner = database.owner_url(&name)?;
    database.sql(&name, "create table noted (job bigint, at timestamptz); grant insert, select on noted to itsm_app")?;
    let program = |name: &str| -> PathBuf { tools.itsm.with_file_name(name) };
    let key = "A".repeat(43);
    let worker = || {
        let mut worker = Command::new(program("bench-worker"));
        worker.env("DATABASE_URL", &url).env("QUEUE_URL", redis).env("SECRET_KEY", &key).env("JWT_KEYS", r#"{"keys":[]}"#).env("PORT", "0");
        start(&mut worker)
    };
    let workers = (0..WORKERS).map(|_| worker()).collect::<Result<Vec<_>>>()?;
    let said = output(Command::new(program("bench-jobs")).env("DATABASE_URL", owner).env("QUEUE_URL", redis))?;
    drop(workers);
    database.drop(&name)?;
    Ok(serde_json::from_str(said.trim())?)
}

fn celery(root: &Path, redis: &str) -> Result<Speed> {
    let (bin, folder) = (root.join("target/tools/celery/bin"), root.join("local/bench/celery"));
    ensure!(bin.join("celery").exists(), "Celery is not there: run local/setup/celery.sh");
    let mut worker = Command::new(bin.join("celery"));
    let workers = WORKERS.to_string();
    worker.args(["-A", "tasks", "worker", "--pool", "prefork", "--concurrency", &workers, "--loglevel", "ERROR"]);
    worker.args(["--without-gossip", "--without-mingle", "--without-heartbeat"]);
    let _worker = start(worker.current_dir(&folder).env("BROKER_URL", redis).env("C_FORCE_ROOT", "1").env("PYTHONDONTWRITEBYTECODE", "1"))?;
    let mut run = Command::new(bin.join("python"));
    let said = output(run.arg("run.py").current_dir(&folder).env("BROKER_URL", redis).env("PYTHONDONTWRITEBYTECODE", "1"))?;
    Ok(serde_json::from_str(said.trim())?)
}
