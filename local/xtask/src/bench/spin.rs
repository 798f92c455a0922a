//! What Spin adds to a request: the component of a function beside the native program of the same function, asked one request after another over the
//! same database. In the host that the suite runs (`shared/testkit/spin-host`: Spin's own wasmtime, instances and drivers), or with `ITSM_SPIN=spin` in
//! Spin itself.
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use xtask::wasm::{self, HOST_TARGET};

use super::database::Database;
use super::load::{self, Latency};
use super::measured::median;
use super::process::{Process, ask};
use super::stage::Stage;
use super::tools::{Tools, build};
use super::{Effort, INCIDENTS};

/// The function that is asked.
const FUNCTION: &str = "incidents";
/// Milliseconds that may be added.
const TARGET: f64 = 2.0;
/// What it is asked: as the page calls it, and the script of wrk.
const REQUESTS: [(&str, &str); 3] = [("get", "get"), ("list of 50", "list"), ("create", "create")];

/// Measures; the fourth part of the page, which is printed, too.
pub(super) fn run(root: &Path, tools: &Tools, effort: &Effort) -> Result<String> {
    if effort.built.is_none() {
        build(root, &[FUNCTION])?;
        wasm::build(root, None)?;
    }
    let database = Database::start()?;
    database.fill(tools, INCIDENTS)?;
    let stage = Stage::open(tools, &database)?;
    let homes = Homes::start(root, &stage)?;
    let mut rows = String::new();
    for (name, script) in REQUESTS {
        let rounds = (0..effort.rounds).map(|number| homes.round(&stage, script, number, effort.seconds)).collect::<Result<Vec<_>>>()?;
        let middle = |of: fn(&Round) -> f64| median(rounds.iter().map(of).collect());
        let added = middle(|round| round.spin - round.native);
        let met = if added < TARGET { "yes" } else { "**no**" };
        rows += &format!("| {name} | {:.2} | {:.2} | **{added:.2}** | {met} |\n", middle(|round| round.native), middle(|round| round.spin));
        println!("{name}: {added:.2} ms more");
    }
    let page = include_str!("spin.md").replace("{rows}\n", &rows);
    let page = page.replace("{rounds}", &effort.rounds.to_string()).replace("{seconds}", &effort.seconds.to_string());
    println!("{page}");
    Ok(page)
}

/// Milliseconds within which half of the requests were answered.
struct Round {
    native: f64,
    spin: f64,
}

/// The same function twice.
struct Homes {
    native: Process,
    spin: Process,
}

impl Homes {
    fn start(root: &Path, stage: &Stage<'_>) -> Result<Self> {
        let (status, keys) = ask(stage.itsm.port, "GET", "/.well-known/jwks.json", "")?;
        ensure!(status == 200, "the keys: {status} {keys}");
        let variables = [("DATABASE_URL", stage.url.clone()), ("SECRET_KEY", "A".repeat(43)), ("JWT_KEYS", keys), ("RATE_LIMIT", "0".into())];
        let native = Process::start(Command::new(stage.tools.folder.join(FUNCTION)).envs(variables.clone()), "/health/ready")?;
        let (_, place) = stage.url.split_once('@').context("a URL without a host")?;
        let address = place.split('/').next().unwrap_or(place);
        let mut command = host(root);
        command.args(["--from", "spin.toml"]).current_dir(root);
        command.envs(variables.map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value)));
        command.env("SPIN_VARIABLE_DATABASE_ADDRESS", format!("postgres://{address}"));
        let spin = Process::start_at(|port| command.args(["--listen", &format!("127.0.0.1:{port}")]), "/health/ready")?;
        Ok(Self { native, spin })
    }

    /// Warms both up, then measures each; who comes first changes with each round.
    fn round(&self, stage: &Stage<'_>, script: &str, number: u16, seconds: u16) -> Result<Round> {
        let load = |process: &Process, seconds| {
            let at = format!("http://127.0.0.1:{}", process.port);
            let said = load::wrk(&stage.tools.scripts, script, &stage.ids, &stage.token, seconds, |wrk| wrk.args(["-c1", &at]))?;
            Ok::<_, anyhow::Error>(Latency::said(&said)?.p50)
        };
        load(&self.native, 1)?;
        load(&self.spin, 1)?;
        if number.is_multiple_of(2) {
            let native = load(&self.native, seconds)?;
            return Ok(Round { native, spin: load(&self.spin, seconds)? });
        }
        let spin = load(&self.spin, seconds)?;
        Ok(Round { native: load(&self.native, seconds)?, spin })
    }
}

fn host(root: &Path) -> Command {
    if std::env::var("ITSM_SPIN").as_deref() == Ok("spin") {
        let mut command = Command::new("spin");
        command.arg("up");
        return command;
    }
    Command::new(root.join(HOST_TARGET).join("release/spin-host"))
}
