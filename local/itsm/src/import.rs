//! `itsm import servicenow`: an audit log replayed as silent history. Each row is a version of an incident and becomes the
//! update that it was, by its own author at its own time. Nothing is announced: no job, no notification.
//!
//! The file is read and checked whole, then incidents are written in batches: one statement per batch, so an incident is
//! there with all its versions or not at all, and a run that was cut short is completed by running it again.
#![cfg_attr(test, allow(clippy::unwrap_used))]
mod columns;
mod log;
mod matrix;
mod met;
mod oddities;
mod plan;
mod replay;
mod row;
mod standing;
mod store;
mod summary;
mod value;

use std::path::Path;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

use log::Log;
use plan::Batch;
use store::Store;
pub use summary::{Comparison, Imported, Refused, Summary};

/// Incidents per statement: large enough that round trips do not matter, small enough for a statement of a few hundred milliseconds.
const BATCH: usize = 50;

/// Imports the log in `file` into the database at `url`. With `adopt_matrix` the priority matrix becomes the log's first.
///
/// Errors: the file cannot be read, is not such a log, or contradicts itself where the matrix is to be adopted (nothing is
/// imported then); the database fails. A row that cannot be taken is no error: it is in `Summary::refused`.
pub async fn servicenow(url: &str, file: &Path, adopt_matrix: bool, bar: &ProgressBar) -> Result<Summary> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let log = Log::read(&bytes).with_context(|| format!("{} is not a ServiceNow incident log", file.display()))?;
    let adopted = if adopt_matrix { Some(matrix::of(&log)?) } else { None };
    let mut summary = Summary::of(&log);
    let mut store = Store::open(url).await?;
    if let Some(adopted) = &adopted {
        summary.matrix_changed = store.adopt(adopted).await?;
    }
    let desk = plan::Desk { matrix: store.matrix().await?, book: store.book().await?, callers: met::only_callers(&log) };
    store.numbers_past(log.highest_number()).await?;
    bar.set_length(log.incidents.len() as u64);
    for incidents in log.incidents.chunks(BATCH) {
        let found = store.find(incidents).await?;
        let mut batch = Batch::plan(incidents, &found, &desk, &mut summary)?;
        store.write(&mut batch, &mut summary).await?;
        batch.compare(&found, &mut summary);
        bar.inc(incidents.len() as u64);
    }
    bar.finish_and_clear();
    store.close().await?;
    summary.refused.sort_by_key(|refused| refused.line);
    summary.rows_refused = summary.refused.len();
    Ok(summary)
}

/// A bar on the terminal's standard error, hidden where there is no terminal.
pub fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} incidents, {eta} left");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
