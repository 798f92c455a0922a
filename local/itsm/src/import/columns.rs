//! The log's columns, found by name: their order does not matter, and others may stand between them.
use anyhow::{Result, ensure};

/// Columns that become fields of ours.
const REQUIRED: &[&str] = &[
    "number",
    "incident_state",
    "reassignment_count",
    "reopen_count",
    "sys_mod_count",
    "caller_id",
    "opened_by",
    "opened_at",
    "sys_created_by",
    "sys_created_at",
    "sys_updated_by",
    "sys_updated_at",
    "contact_type",
    "location",
    "category",
    "subcategory",
    "impact",
    "urgency",
    "priority",
    "assignment_group",
    "assigned_to",
    "closed_code",
    "resolved_by",
    "resolved_at",
    "closed_at",
];
/// Columns that we have no field for and keep, where present, under `custom.servicenow`.
pub(super) const KEPT: &[&str] =
    &["made_sla", "u_symptom", "cmdb_ci", "knowledge", "u_priority_confirmation", "problem_id", "rfc", "vendor", "caused_by"];

/// The header.
#[derive(Debug)]
pub(super) struct Columns(Vec<String>);

impl Columns {
    /// From the cells of the first line. Errors name every column that is missing.
    pub(super) fn of(header: &[String]) -> Result<Self> {
        let header: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
        let missing: Vec<&str> = REQUIRED.iter().copied().filter(|name| !header.iter().any(|known| known == name)).collect();
        ensure!(missing.is_empty(), "its first line lacks the columns {}", missing.join(", "));
        Ok(Self(header))
    }

    /// One row's cells by name, if there are as many as columns.
    pub(super) fn name<'a>(&'a self, cells: &'a [String]) -> Result<Cells<'a>, String> {
        if cells.len() == self.0.len() {
            return Ok(Cells { columns: self, cells });
        }
        Err(format!("{} cells where the header has {}", cells.len(), self.0.len()))
    }
}

/// One row's cells by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'a> {
    columns: &'a Columns,
    cells: &'a [String],
}

impl Cells<'_> {
    /// The cell with its white space made single (`Opened by  8` is who `Opened by 8` is); nothing where it is `?` or empty.
    pub(super) fn get(&self, column: &str) -> Option<String> {
        let at = self.columns.0.iter().position(|name| name == column)?;
        let cell = self.cells.get(at)?.split_whitespace().collect::<Vec<_>>().join(" ");
        (!cell.is_empty() && cell != "?").then_some(cell)
    }

    /// The cell, of at most `max` characters: what the field that it goes to can hold.
    pub(super) fn short(&self, column: &str, max: usize) -> Result<Option<String>, String> {
        match self.get(column) {
            Some(cell) if cell.chars().count() > max => Err(format!("{column} has more than {max} characters")),
            cell => Ok(cell),
        }
    }

    /// The cell read by `read`, or why not, with the column's name.
    pub(super) fn read<T>(&self, column: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
        self.get(column).map(|cell| read(&cell).map_err(|reason| format!("{column} {cell:?} {reason}"))).transpose()
    }

    /// As `read`, and it must not be missing.
    pub(super) fn must<T>(&self, column: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<T, String> {
        self.read(column, read)?.ok_or_else(|| format!("{column} is missing"))
    }
}
