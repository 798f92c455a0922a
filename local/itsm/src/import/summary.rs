//! What an import says of itself.
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use shared::rules::sla::{Book, Row, Stage};

use super::log::Log;
use super::oddities;

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// In the file, the header being 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// The summary, as it goes to standard output.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Rows that were understood: versions of incidents.
    pub versions_read: usize,
    /// Incidents that they belong to.
    pub incidents: usize,
    /// Of these, closed in the end.
    pub closed: usize,
    /// Rows that were not taken: not understood, or not fitting what is there. Each has its line on standard error.
    pub rows_refused: usize,
    /// Those rows.
    #[serde(skip)]
    pub refused: Vec<Refused>,
    /// Versions that were there before.
    pub versions_already_there: usize,
    /// What this run added.
    pub imported: Imported,
    /// Cells of the priority matrix that `--adopt-matrix` changed.
    pub matrix_changed: u64,
    /// Versions whose `sys_mod_count` does not rise from the version before in time.
    pub out_of_order: usize,
    /// What our lifecycle would not have allowed, by kind; all of it was taken.
    pub lifecycle: BTreeMap<String, u64>,
    /// How the imported incidents stood with what is promised, of those that this run wrote.
    pub slas: Standings,
    /// The same by definition, by its name.
    pub slas_by_definition: BTreeMap<String, Standings>,
    /// Our count in the end against the log's.
    pub reopen_count: Comparison,
    /// Our count in the end against the log's.
    pub reassignment_count: Comparison,
    /// Our matrix's priority in the end against the log's.
    pub priority: Comparison,
}

/// What a run added. A second run adds nothing.
#[derive(Debug, Default, Serialize, PartialEq, Eq)]
pub struct Imported {
    /// New incidents.
    pub incidents: u64,
    /// Versions of new incidents and of those that were there.
    pub versions: u64,
    /// People met for the first time.
    pub people: u64,
    /// Teams met for the first time.
    pub teams: u64,
    /// Categories met for the first time.
    pub categories: u64,
    /// Subcategories met for the first time.
    pub subcategories: u64,
}

/// Clocks of the imported incidents.
#[derive(Debug, Default, Serialize, PartialEq)]
pub struct Standings {
    /// Of an incident with a definition each.
    pub clocks: u64,
    /// Of these, those that count no more: the definition did not match any more. They are in none of the following.
    pub canceled: u64,
    /// What was promised is done.
    pub completed: u64,
    /// Of the completed, in time.
    pub met: u64,
    /// Not in time, completed or not.
    pub breached: u64,
    /// Of the completed, the part that was met; none where there are none.
    pub share_met: Option<f64>,
}

impl Standings {
    fn add(&mut self, row: &Row) {
        let (canceled, completed, breached) = (row.stage == Stage::Canceled, row.stage == Stage::Completed, row.breached_at.is_some());
        self.clocks += 1;
        self.canceled += u64::from(canceled);
        self.completed += u64::from(completed);
        self.met += u64::from(completed && !breached);
        self.breached += u64::from(breached && !canceled);
        self.share_met = (self.completed > 0).then(|| (self.met as f64 * 1000.0 / self.completed as f64).round() / 1000.0);
    }
}

/// Ours against the log's, by incident.
#[derive(Debug, Default, Serialize)]
pub struct Comparison {
    /// The same.
    pub equal: usize,
    /// Not the same.
    pub different: usize,
    /// The first few that are not.
    pub examples: Vec<Difference>,
}

/// One incident where ours is not the log's.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// Which.
    pub number: String,
    /// Ours.
    pub ours: i64,
    /// The log's.
    pub log: i64,
}

impl Summary {
    /// What the log alone says.
    pub(super) fn of(log: &Log) -> Self {
        let mut lifecycle = BTreeMap::new();
        log.incidents.iter().for_each(|incident| oddities::count(&incident.versions, &mut lifecycle));
        Self {
            versions_read: log.incidents.iter().map(|incident| incident.versions.len()).sum(),
            incidents: log.incidents.len(),
            closed: 0,
            rows_refused: 0,
            refused: log.refused.clone(),
            versions_already_there: 0,
            imported: Imported::default(),
            matrix_changed: 0,
            out_of_order: log.incidents.iter().map(super::log::Incident::out_of_order).sum(),
            lifecycle,
            slas: Standings::default(),
            slas_by_definition: BTreeMap::new(),
            reopen_count: Comparison::default(),
            reassignment_count: Comparison::default(),
            priority: Comparison::default(),
        }
    }

    /// Counts an incident's clocks.
    pub(super) fn add_clocks(&mut self, book: &Book, rows: &[Row]) {
        for row in rows {
            let definition = book.definitions.iter().find(|definition| definition.id == row.sla_id);
            let name = definition.map_or_else(|| row.sla_id.to_string(), |definition| definition.name.clone());
            self.slas.add(row);
            self.slas_by_definition.entry(name).or_default().add(row);
        }
    }
}

impl Comparison {
    pub(super) fn add(&mut self, number: &str, ours: i64, log: i64) {
        if ours == log {
            self.equal += 1;
            return;
        }
        self.different += 1;
        if self.examples.len() < 5 {
            self.examples.push(Difference { number: number.to_owned(), ours, log });
        }
    }
}
