//! Lists, searches and single incidents at a million incidents, beside the same at ten thousand: each filter in each order, as an agent and
//! as the requester who has reported most.
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

mod cases;
mod measured;
mod report;
mod scene;

use super::database::Database;
use super::load::Latency;
use super::tools::Tools;
use super::{Effort, INCIDENTS};
use cases::{Case, FILTERS, OPERATIONS, SEARCHES, SORTS};
use measured::{Found, latency};
use scene::Scene;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Of a team, and of no restricted one.
    Agent,
    /// Whose lists are the longest of all requesters.
    Requester,
}

const BOTH: [Who; 2] = [Who::Agent, Who::Requester];

/// All of it at one size.
#[derive(Debug)]
struct Size {
    incidents: u32,
    /// How long the seeding took.
    seeded: Duration,
    found: Vec<Found>,
}

/// Measures at both sizes; the second part of the page, which is printed, too. How each case did is written beside the page.
pub(super) fn run(root: &Path, tools: &Tools, effort: &Effort) -> Result<String> {
    let small = measure(tools, INCIDENTS, effort, None)?;
    let large = measure(tools, effort.incidents, effort, Some(&small))?;
    let page = report::page(&small, &large)?;
    println!("{page}");
    if effort.is_whole() {
        std::fs::write(root.join("docs/performance.csv"), report::csv(&small, &large))?;
        println!("wrote docs/performance.csv");
    }
    Ok(page)
}

/// `before`: the smaller size, whose p95 says what is quick too.
fn measure(tools: &Tools, incidents: u32, effort: &Effort, before: Option<&Size>) -> Result<Size> {
    let database = Database::start()?;
    let seeded = database.make(tools, "desk", incidents)?;
    println!("{incidents} incidents, seeded in {:.0} s", seeded.as_secs_f64());
    let scene = Scene::open(tools, &database, "desk", incidents)?;
    let mut found: Vec<Found> = Vec::new();
    for case in cases(&effort.only) {
        let before = before.and_then(|before| before.found.get(found.len()));
        let is_quick = |latency: &Latency| before.map_or_else(|| latency.p95 < report::limit(&case), |before| report::is_met(&case, before, latency));
        let latency = latency(&scene, &case, effort.seconds.min(SECONDS), is_quick)?;
        println!("{case}: {latency}");
        let rows = match found.last() {
            Some(before) if before.case.lists_as(&case) => before.rows,
            _ => scene.rows(&case)?,
        };
        found.push(Found { case, rows, latency });
    }
    Ok(Size { incidents, seeded, found })
}

/// Seconds of a run, at most: there are nearly five hundred of them.
const SECONDS: u16 = 1;

/// What writes comes last.
fn cases(only: &str) -> Vec<Case> {
    let lists =
        BOTH.into_iter().flat_map(|who| FILTERS.iter().flat_map(move |filter| SORTS.iter().map(move |sort| Case::List { who, filter, sort })));
    let searches = BOTH.into_iter().flat_map(|who| SEARCHES.iter().map(move |search| Case::Search { who, search }));
    let operations = OPERATIONS.iter().map(|script| Case::Operation { script });
    lists.chain(searches).chain(operations).filter(|case| case.to_string().contains(only)).collect()
}
