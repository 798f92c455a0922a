//! `cargo xtask parity`: the same suite in every home, its exchanges compared byte for byte, and `docs/PARITY.md`.
//!
//! The suite is each function's test binary `it`; `ITSM_HOME` tells it where the functions run. The testkit's own `it` holds the tests of
//! one home each, in a module of the home's name.
use std::path::Path;

use anyhow::{Result, ensure};

use crate::ground::{self, Ground};

mod cluster;
mod compare;
mod homes;
mod report;
mod sqs;
mod suite;

use homes::Home;
use report::Report;

/// Which homes.
#[derive(Debug, clap::Args)]
pub(crate) struct Choice {
    /// Only this home, beside in-process; may be repeated. The report is then printed and not written.
    #[arg(long = "home", value_name = "NAME")]
    homes: Vec<Home>,
    /// Only this function's suite. The report is then printed and not written.
    #[arg(long, value_name = "NAME")]
    function: Option<String>,
    /// Builds only that function's component: the others are taken as they were built last.
    #[arg(long, requires = "function")]
    keep_components: bool,
}

/// Runs the suite and writes the report. Fails unless every test ran and passed in every home.
pub(crate) fn run(root: &Path, choice: &Choice) -> Result<()> {
    let report = ground::run(everywhere(root, choice))?;
    println!("\n{}", report.problems());
    if choice.homes.is_empty() && choice.function.is_none() {
        std::fs::write(root.join("docs/PARITY.md"), report.page())?;
        println!("wrote docs/PARITY.md");
    }
    println!("{}", report.line());
    ensure!(report.is_clean(), "the homes do not agree");
    Ok(())
}

async fn everywhere(root: &Path, choice: &Choice) -> Result<Report> {
    let mut suites = suite::find(root).await?;
    suites.retain(|suite| choice.function.as_ref().is_none_or(|function| suite.package == *function));
    ensure!(!suites.is_empty(), "there is no suite of that name");
    let ground = Ground::start().await?;
    let mut report = Report::default();
    for home in Home::ALL.into_iter().filter(|home| *home == Home::InProcess || choice.homes.is_empty() || choice.homes.contains(home)) {
        let records = root.join("target/parity").join(home.name());
        if records.exists() {
            std::fs::remove_dir_all(&records)?;
        }
        let stage = home.set_up(root, choice.function.as_deref().filter(|_| choice.keep_components)).await;
        for suite in &suites {
            let results = match &stage {
                Ok(stage) => suite.run(home, &ground, stage, root).await?,
                Err(error) => suite.not_run(home, &format!("{error:#}")),
            };
            report.add(suite, home, results);
        }
        if home != Home::InProcess {
            report.compare(home, &records, &root.join("target/parity/in-process"))?;
        }
    }
    Ok(report)
}
