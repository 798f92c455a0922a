//! What came out: a table for `docs/PARITY.md`, the problems for whoever runs it.
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::Result;

use super::compare::difference;
use super::homes::Home;
use super::suite::Suite;

/// Of one test in one home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// And its exchanges are those of the home in-process.
    Passed,
    /// Or differed.
    Failed(String),
    /// And why.
    NotRun(String),
}

impl Outcome {
    fn cell(&self) -> String {
        match self {
            Self::Passed => "passed".into(),
            Self::Failed(how) => how.clone(),
            Self::NotRun(reason) => format!("not run: {}", reason.replace('|', "/").replace('\n', " ")),
        }
    }
}

/// All outcomes, by package and test.
#[derive(Debug, Default)]
pub(super) struct Report {
    suites: BTreeMap<(String, String), BTreeMap<Home, Outcome>>,
    own: BTreeMap<(Home, String), Outcome>,
    problems: String,
}

impl Report {
    pub(super) fn add(&mut self, suite: &Suite, home: Home, outcomes: BTreeMap<String, Outcome>) {
        for (test, outcome) in outcomes {
            if outcome != Outcome::Passed {
                let _infallible = writeln!(self.problems, "{}: {} {test}: {}", home.name(), suite.package, outcome.cell());
            }
            if suite.is_of_one_home() {
                let test = test.split_once("::").map_or(test.as_str(), |(_, test)| test);
                self.own.insert((home, test.to_owned()), outcome);
            } else {
                self.suites.entry((suite.package.clone(), test)).or_default().insert(home, outcome);
            }
        }
    }

    /// A test that passed but saw other bytes than in-process has failed.
    pub(super) fn compare(&mut self, home: Home, records: &Path, expected: &Path) -> Result<()> {
        for ((package, test), outcomes) in &mut self.suites {
            if ![home, Home::InProcess].iter().all(|home| outcomes.get(home) == Some(&Outcome::Passed)) {
                continue;
            }
            let file = format!("{package}__{}.txt", test.replace("::", "__"));
            if let Some(difference) = difference(&expected.join(&file), &records.join(&file))? {
                let _infallible = writeln!(self.problems, "{}: {package} {test} differs from in-process:\n{difference}", home.name());
                outcomes.insert(home, Outcome::Failed("differs".into()));
            }
        }
        Ok(())
    }

    /// What is not as it should be.
    pub(super) fn problems(&self) -> &str {
        &self.problems
    }

    fn count(&self, is: impl Fn(&Outcome) -> bool) -> usize {
        self.suites.values().flat_map(BTreeMap::values).chain(self.own.values()).filter(|outcome| is(outcome)).count()
    }

    /// `N passed, N failed, N skipped`
    pub(super) fn line(&self) -> String {
        let failed = self.count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let skipped = self.count(|outcome| matches!(outcome, Outcome::NotRun(_)));
        format!("{} passed, {failed} failed, {skipped} skipped", self.count(|outcome| *outcome == Outcome::Passed))
    }

    /// Every test ran, passed and agreed.
    pub(super) fn is_clean(&self) -> bool {
        self.count(|_| true) > 0 && self.count(|outcome| *outcome != Outcome::Passed) == 0
    }

    /// `docs/PARITY.md`, the same for the same outcomes.
    pub(super) fn page(&self) -> String {
        let mut page = format!("{INTRODUCTION}\n{} in all.\n", self.line());
        let mut last = "";
        for ((package, test), outcomes) in &self.suites {
            if package != last {
                let names = Home::ALL.map(Home::name).join(" | ");
                let _infallible = write!(page, "\n## {package}\n\n| test | {names} |\n|---|{}\n", "---|".repeat(Home::ALL.len()));
            }
            last = package;
            let cells: Vec<String> = Home::ALL.iter().map(|home| outcomes.get(home).map_or_else(|| "-".into(), Outcome::cell)).collect();
            let _infallible = writeln!(page, "| {test} | {} |", cells.join(" | "));
        }
        page.push_str("\n## Tests of one home\n\n| home | test | |\n|---|---|---|\n");
        for ((home, test), outcome) in &self.own {
            let _infallible = writeln!(page, "| {} | {test} | {} |", home.name(), outcome.cell());
        }
        page
    }
}

const INTRODUCTION: &str = "# Parity

Written by `cargo xtask parity`, which runs the conformance suite of every function in every home and compares what the tests saw, byte
for byte, with what they saw in one process. A test that saw something else `differs`. Masked are UUIDs, times, ticket numbers,
cursors, signatures and request ids, nothing else.

- `in-process`: one router in the test's process.
- `http`: a process a function, behind nginx with the tree's own configuration and TLS, as in the cluster.
- `cluster`: the cluster of `make cluster`, all of it running but the workers: one nginx, one database, functions that live on from test to test.
- `lambda`: the native binaries under AWS's runtime interface emulator, woken by API Gateway and EventBridge events.
- `sqs`: the same, and jobs ring over an SQS emulator.
- `spin`: the WebAssembly components in a host with Spin's interfaces.
";
