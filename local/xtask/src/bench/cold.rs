//! A cold start on AWS Lambda, without AWS: from the start of a function's process to the response that it posts to the runtime API, with a
//! read of the database between. What AWS does before (placing the environment, unpacking the program) is not ours to measure.
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Effort;
use super::database::Database;
use super::measured::median;
use super::process::ask;
use super::stage::Stage;
use super::tools::{Tools, build};
use runtime::Runtime;

mod runtime;

/// The function that is started.
const FUNCTION: &str = "incidents";
/// Incidents in its database.
const INCIDENTS: u32 = 1_000;
/// Starts of each request.
const STARTS: usize = 30;
/// Milliseconds: the median of each request must be under it.
const TARGET: f64 = 60.0;

/// The requests that a fresh process is asked: one of each pool. `{one}` is an incident that the agent may see.
const REQUESTS: [(&str, &str, &str); 2] = [("one incident", "/v1/incidents/{one}", ""), ("list of 50", "/v1/incidents", "limit=50")];
const ONE: &str = "select max(number) from tickets where restricted_to is null";

/// Measures; the third part of the page, which is printed, too.
pub(super) fn run(root: &Path, tools: &Tools, effort: &Effort) -> Result<String> {
    if effort.built.is_none() {
        build(root, &[FUNCTION])?;
    }
    let database = Database::start()?;
    database.fill(tools, INCIDENTS)?;
    let stage = Stage::open(tools, &database)?;
    let function = Function::new(tools.folder.join(FUNCTION), &stage)?;
    let one = stage.sql(ONE)?;
    let mut rows = String::new();
    for (name, path, query) in REQUESTS {
        let path = &path.replace("{one}", one.trim());
        let times = (0..STARTS).map(|_| Ok(function.start(path, query)?.as_secs_f64() * 1e3)).collect::<Result<Vec<f64>>>()?;
        let (middle, slowest) = (median(times.clone()), times.into_iter().fold(0.0, f64::max));
        let met = if middle < TARGET { "yes" } else { "**no**" };
        rows += &format!("| {name} | {middle:.1} ms | {slowest:.1} ms | {met} |\n");
    }
    let page = include_str!("cold.md").replace("{rows}\n", &rows).replace("{starts}", &STARTS.to_string());
    println!("{page}");
    Ok(page)
}

/// A program with what it needs of the platform that runs beside it.
struct Function {
    program: PathBuf,
    url: String,
    keys: String,
    token: String,
}

impl Function {
    fn new(program: PathBuf, stage: &Stage<'_>) -> Result<Self> {
        let (status, keys) = ask(stage.itsm.port, "GET", "/.well-known/jwks.json", "")?;
        ensure!(status == 200, "the keys: {status} {keys}");
        Ok(Self { program, url: stage.url.clone(), keys, token: stage.token.clone() })
    }

    /// From the start of the process to its first response.
    fn start(&self, path: &str, query: &str) -> Result<Duration> {
        let runtime = Runtime::new(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, self.event(path, query));
        let mut command = Command::new(&self.program);
        command.env_clear().env("AWS_LAMBDA_RUNTIME_API", runtime.address()?).env("DATABASE_URL", &self.url).env("DATABASE_MAX_CONNECTIONS", "1");
        command.env("SECRET_KEY", "A".repeat(43)).env("JWT_KEYS", &self.keys);
        for (name, value) in [("NAME", FUNCTION), ("VERSION", "1"), ("MEMORY_SIZE", "256")] {
            command.env(format!("AWS_LAMBDA_FUNCTION_{name}"), value);
        }
        let begun = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("starting the function")?;
        let answered = runtime.answer();
        let took = begun.elapsed();
        child.kill()?;
        child.wait()?;
        let answer: Value = serde_json::from_str(&answered?)?;
        ensure!(answer["statusCode"] == 200, "the function answered {answer}");
        Ok(took)
    }

    fn event(&self, path: &str, query: &str) -> String {
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "isBase64Encoded": false,
            "headers": {"host": "desk.example.com", "authorization": format!("Bearer {}", self.token)},
            "requestContext": {"stage": "$default", "http": {"method": "GET", "path": path, "sourceIp": "192.0.2.1"}},
        })
        .to_string()
    }
}
