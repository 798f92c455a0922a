//! One row: one version of an incident, its cells understood.
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared::rules::lifecycle::{HoldReason, State};

use super::columns::{Cells, KEPT};
use super::value::{channel, count, number, scale, state, time};

/// The longest name of a person, a team or a place.
const NAME: usize = 160;
/// The longest name of a category and the longest close code.
const SHORT: usize = 80;

/// A version.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Where it stands in the file; the header is line 1.
    pub(super) line: u64,
    pub(super) number: String,
    pub(super) sys_mod_count: i64,
    pub(super) state: State,
    pub(super) hold_reason: Option<HoldReason>,
    pub(super) reassignment_count: i64,
    pub(super) reopen_count: i64,
    pub(super) caller: Option<String>,
    pub(super) opened_by: Option<String>,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) created_by: Option<String>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) updated_by: Option<String>,
    pub(super) updated_at: Timestamp,
    pub(super) channel: &'static str,
    pub(super) location: Option<String>,
    pub(super) category: Option<String>,
    pub(super) subcategory: Option<String>,
    pub(super) impact: i64,
    pub(super) urgency: i64,
    /// What the log says that it was; ours is the matrix's.
    pub(super) priority: Option<i64>,
    pub(super) group: Option<String>,
    pub(super) assigned_to: Option<String>,
    pub(super) close_code: Option<String>,
    pub(super) resolved_by: Option<String>,
    pub(super) resolved_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    /// What we have no field for, under ServiceNow's names.
    pub(super) kept: Map<String, Value>,
}

impl Row {
    /// Understands a row, or says what is wrong with it.
    pub(super) fn parse(cells: Cells<'_>, line: u64) -> Result<Self, String> {
        let (state, hold_reason) = cells.must("incident_state", state)?;
        let category = cells.short("category", SHORT)?;
        let subcategory = cells.short("subcategory", SHORT)?;
        Ok(Self {
            line,
            number: cells.must("number", number)?,
            sys_mod_count: cells.must("sys_mod_count", count)?,
            state,
            hold_reason,
            reassignment_count: cells.read("reassignment_count", count)?.unwrap_or(0),
            reopen_count: cells.read("reopen_count", count)?.unwrap_or(0),
            caller: cells.short("caller_id", NAME)?,
            opened_by: cells.short("opened_by", NAME)?,
            opened_at: cells.read("opened_at", time)?,
            created_by: cells.short("sys_created_by", NAME)?,
            created_at: cells.read("sys_created_at", time)?,
            updated_by: cells.short("sys_updated_by", NAME)?,
            updated_at: cells.must("sys_updated_at", time)?,
            channel: channel(cells.get("contact_type").as_deref()).0,
            location: cells.short("location", NAME)?,
            kept: kept(cells, category.is_none()),
            subcategory: subcategory.filter(|_| category.is_some()),
            category,
            impact: cells.must("impact", |text| scale(text, 3))?,
            urgency: cells.must("urgency", |text| scale(text, 3))?,
            priority: cells.read("priority", |text| scale(text, 5))?,
            group: cells.short("assignment_group", NAME)?,
            assigned_to: cells.short("assigned_to", NAME)?,
            close_code: cells.short("closed_code", SHORT)?,
            resolved_by: cells.short("resolved_by", NAME)?,
            resolved_at: cells.read("resolved_at", time)?,
            closed_at: cells.read("closed_at", time)?,
        })
    }

    /// Which version it is. Versions follow each other in time; several share a minute, and there the count decides. The count
    /// alone would not do: in the real log the first version of some incidents carries a later one's count.
    pub(super) fn key(&self) -> (Timestamp, i64) {
        (self.updated_at, self.sys_mod_count)
    }

    /// Everybody in it.
    pub(super) fn people(&self) -> impl Iterator<Item = &str> {
        [&self.caller, &self.opened_by, &self.created_by, &self.updated_by, &self.assigned_to, &self.resolved_by]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// Service is restored, as far as this version knows.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::Resolved | State::Closed | State::Canceled)
    }
}

fn kept(cells: Cells<'_>, without_category: bool) -> Map<String, Value> {
    let contact_type = (!channel(cells.get("contact_type").as_deref()).1).then_some("contact_type");
    let orphan = without_category.then_some("subcategory");
    let columns = KEPT.iter().copied().chain(contact_type).chain(orphan);
    columns.filter_map(|column| Some((column.to_owned(), truth(&cells.get(column)?)))).collect()
}

fn truth(cell: &str) -> Value {
    match cell {
        "TRUE" => json!(true),
        "FALSE" => json!(false),
        _ => json!(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::super::log::Log;
    use super::*;

    const SAMPLE: &str = include_str!("../../samples/servicenow_sample.csv");

    /// The sample's first row with one cell changed.
    fn with(column: &str, cell: &str) -> Result<Row, String> {
        let mut lines = SAMPLE.lines();
        let (header, first) = (lines.next().unwrap(), lines.next().unwrap());
        let at = header.split(',').position(|name| name == column).unwrap();
        let row: Vec<&str> = first.split(',').enumerate().map(|(i, old)| if i == at { cell } else { old }).collect();
        let mut log = Log::read(format!("{header}\n{}\n", row.join(",")).as_bytes()).unwrap();
        match log.refused.pop() {
            Some(refused) => Err(refused.to_string()),
            None => Ok(log.incidents.remove(0).versions.remove(0)),
        }
    }

    #[test]
    fn missing_values_are_none_and_white_space_is_single() {
        assert_eq!(with("assignment_group", "?").unwrap().group, None);
        assert_eq!(with("opened_by", " Opened by  8 ").unwrap().opened_by.as_deref(), Some("Opened by 8"));
    }

    #[test]
    fn each_bad_cell_is_named_with_its_line() {
        let long = "x".repeat(161);
        for (column, cell, reason) in [
            ("number", "?", "line 2: number is missing"),
            ("number", "INC1", "line 2: number \"INC1\" is not a number such as INC0000042"),
            ("incident_state", "-100", "line 2: incident_state \"-100\" is no state"),
            ("impact", "4 - None", "line 2: impact \"4 - None\" is not 1 to 3"),
            ("sys_updated_at", "yesterday", "line 2: sys_updated_at \"yesterday\" is not dd-mm-yyyy hh:mm"),
            ("sys_updated_at", "?", "line 2: sys_updated_at is missing"),
            ("sys_mod_count", "-1", "line 2: sys_mod_count \"-1\" is not a count"),
            ("location", &long, "line 2: location has more than 160 characters"),
            ("location", "a,b", "line 2: 37 cells where the header has 36"),
            ("location", "a\0b", "line 2: a NUL character"),
        ] {
            assert_eq!(with(column, cell).unwrap_err(), reason);
        }
    }

    #[test]
    fn what_has_no_field_is_kept() {
        let row = with("contact_type", "IVR").unwrap();
        assert_eq!((row.channel, &row.kept["contact_type"], &row.kept["knowledge"]), ("phone", &json!("IVR"), &json!(true)));
        assert!(!with("contact_type", "Phone").unwrap().kept.contains_key("contact_type"));
        let orphan = with("category", "?").unwrap();
        assert_eq!(orphan.subcategory, None);
        assert!(orphan.kept.contains_key("subcategory"));
    }
}
