//! A function's test binary: found by asking cargo, run in a home, its lines read.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tokio::time;

use super::homes::{Home, Stage};
use super::report::Outcome;
use crate::ground::{self, Ground};

/// A suite that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// One binary.
#[derive(Debug)]
pub(super) struct Suite {
    /// The package.
    pub(super) package: String,
    folder: PathBuf,
    binary: PathBuf,
    tests: Vec<String>,
}

#[derive(Deserialize)]
struct Message {
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Builds all programs and tests at once (apart, they would want two builds of everything); answers the functions' binaries `it`, and
/// last that of the testkit.
pub(super) async fn find(root: &Path) -> Result<Vec<Suite>> {
    let mut build = ground::cargo();
    build.args(["build", "--workspace", "--bins", "--tests", "--message-format=json-render-diagnostics"]).current_dir(root).stdout(Stdio::piped());
    let built = build.spawn().context("starting cargo")?.wait_with_output().await?;
    ensure!(built.status.success(), "the tests do not build");
    let mut suites = Vec::new();
    for line in String::from_utf8(built.stdout)?.lines() {
        let Ok(message) = serde_json::from_str::<Message>(line) else { continue };
        let (Some(manifest), Some(target), Some(binary)) = (message.manifest_path, message.target, message.executable) else { continue };
        let folder = manifest.parent().context("a manifest without a folder")?.to_owned();
        let is_ours = folder.starts_with(root.join("functions")) || folder == root.join("shared/testkit");
        if is_ours && target.name == "it" && target.kind == ["test"] {
            suites.push(Suite::new(folder, binary).await?);
        }
    }
    suites.sort_by_key(|suite| (suite.is_of_one_home(), suite.package.clone()));
    Ok(suites)
}

impl Suite {
    async fn new(folder: PathBuf, binary: PathBuf) -> Result<Self> {
        let package = folder.file_name().context("a folder without a name")?.to_string_lossy().into_owned();
        let listed = ground::command(&binary).args(["--list", "--format", "terse"]).current_dir(&folder).output().await?;
        let tests = String::from_utf8(listed.stdout)?.lines().filter_map(|line| Some(line.strip_suffix(": test")?.to_owned())).collect();
        Ok(Self { package, folder, binary, tests })
    }

    /// Whether its modules are homes, not routes.
    pub(super) fn is_of_one_home(&self) -> bool {
        self.package == "testkit"
    }

    fn tests(&self, home: Home) -> Vec<String> {
        let own = format!("{}::", home.name());
        self.tests.iter().filter(|test| !self.is_of_one_home() || test.starts_with(&own)).cloned().collect()
    }

    /// None of its tests can run.
    pub(super) fn not_run(&self, home: Home, reason: &str) -> BTreeMap<String, Outcome> {
        self.tests(home).into_iter().map(|test| (test, Outcome::NotRun(reason.to_owned()))).collect()
    }

    /// Runs its tests; what they print is shown where one failed.
    pub(super) async fn run(&self, home: Home, ground: &Ground, stage: &Stage, root: &Path) -> Result<BTreeMap<String, Outcome>> {
        let tests = self.tests(home);
        if tests.is_empty() {
            return Ok(BTreeMap::new());
        }
        let begun = Instant::now();
        let mut run = ground::command(&self.binary);
        run.args(["--test-threads", home.threads()]).current_dir(&self.folder).stdin(Stdio::null());
        if self.is_of_one_home() {
            run.arg(format!("{}::", home.name()));
        }
        run.env("ITSM_HOME", home.name()).env("PARITY_DIR", root.join("target/parity")).env("TEST_DATABASE_URL", ground.url()?);
        run.env("CARGO_PKG_NAME", &self.package).env("CARGO_MANIFEST_DIR", &self.folder).envs(stage.variables());
        let text = match time::timeout(LIMIT, run.output()).await {
            Ok(output) => String::from_utf8_lossy(&output.context("starting a suite")?.stdout).into_owned(),
            Err(_) => String::new(),
        };
        let outcomes = read(&tests, &text);
        let passed = outcomes.values().filter(|outcome| **outcome == Outcome::Passed).count();
        println!("{}: {}: {passed} of {} passed in {:.1} s", home.name(), self.package, tests.len(), begun.elapsed().as_secs_f32());
        if passed < tests.len() {
            println!("{text}");
        }
        Ok(outcomes)
    }
}

/// From libtest's lines, `test NAME ... ok`. A test without a line did not come to its end.
fn read(tests: &[String], text: &str) -> BTreeMap<String, Outcome> {
    let mut outcomes: BTreeMap<String, Outcome> = tests.iter().map(|test| (test.clone(), Outcome::Failed("did not finish".into()))).collect();
    for (test, word) in text.lines().filter_map(|line| line.strip_prefix("test ")?.split_once(" ... ")) {
        let outcome = match word.split_once(", ").unwrap_or((word, "ignored")) {
            ("ok", _) => Outcome::Passed,
            ("ignored", reason) => Outcome::NotRun(reason.to_owned()),
            _ => Outcome::Failed("failed".into()),
        };
        if let Some(found) = outcomes.get_mut(test.trim_end_matches(" - should panic")) {
            *found = outcome;
        }
    }
    outcomes
}
