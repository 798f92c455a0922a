//! The priority matrix: the log's, for `--adopt-matrix`, and ours.
use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::log::Log;
use super::row::Row;

/// (impact, urgency) to priority.
pub(super) type Matrix = BTreeMap<(i64, i64), i64>;

/// The matrix that the log's rows show; cells that it never uses are not in it.
///
/// Errors: two rows give one impact and urgency different priorities; both lines are named.
pub(super) fn of(log: &Log) -> Result<Matrix> {
    let mut rows: Vec<&Row> = log.incidents.iter().flat_map(|incident| &incident.versions).collect();
    rows.sort_by_key(|row| row.line);
    let mut seen = BTreeMap::<(i64, i64), (i64, u64)>::new();
    for row in rows {
        let Some(priority) = row.priority else { continue };
        let (first, line) = *seen.entry((row.impact, row.urgency)).or_insert((priority, row.line));
        if first != priority {
            let (impact, urgency, again) = (row.impact, row.urgency, row.line);
            bail!(
                "the log has no one matrix to adopt: with impact {impact} and urgency {urgency}, line {line} has priority {first} \
                 and line {again} has priority {priority}; nothing was imported"
            );
        }
    }
    Ok(seen.into_iter().map(|(cell, (priority, _))| (cell, priority)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../samples/servicenow_sample.csv");

    #[test]
    fn the_samples_matrix() {
        let matrix = of(&Log::read(SAMPLE.as_bytes()).unwrap()).unwrap();
        assert_eq!((matrix[&(1, 1)], matrix[&(2, 2)], matrix[&(3, 3)]), (1, 3, 4));
        assert!(!matrix.contains_key(&(1, 3)));
    }

    #[test]
    fn a_contradiction_names_both_lines() {
        let mut lines: Vec<String> = SAMPLE.lines().map(str::to_owned).collect();
        lines[5] = lines[5].replace("3 - Moderate", "2 - High");
        let text = lines.join("\n");
        let error = of(&Log::read(text.as_bytes()).unwrap()).unwrap_err().to_string();
        assert!(error.contains("impact 2 and urgency 2, line 2 has priority 3 and line 6 has priority 2"), "{error}");
    }
}
