//! The file: lines to rows, rows to incidents. Every line stands for itself, so a stray quote costs no other.
use std::collections::HashMap;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::columns::Columns;
use super::row::Row;
use super::summary::Refused;

/// What the file holds.
#[derive(Debug)]
pub(super) struct Log {
    /// Lines after the header that are not blank.
    pub(super) rows: usize,
    /// By the time of their first version.
    pub(super) incidents: Vec<Incident>,
    /// Rows that could not be understood.
    pub(super) refused: Vec<Refused>,
}

/// One incident's versions, the oldest first; never none.
#[derive(Debug)]
pub(super) struct Incident {
    pub(super) number: String,
    pub(super) versions: Vec<Row>,
}

impl Log {
    /// Reads the whole file. Errors: it is empty or its header is another's.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut lines = (1..).zip(bytes.split(|byte| *byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty());
        let (_, header) = lines.next().context("it is empty")?;
        let columns = Columns::of(&cells(header).map_err(anyhow::Error::msg)?)?;
        let mut log = Self { rows: 0, incidents: Vec::new(), refused: Vec::new() };
        let mut by_number = HashMap::<String, Vec<Row>>::new();
        for (line, text) in lines {
            log.rows += 1;
            match cells(text).and_then(|cells| Row::parse(columns.name(&cells)?, line)) {
                Ok(row) => by_number.entry(row.number.clone()).or_default().push(row),
                Err(reason) => log.refused.push(Refused { line, reason }),
            }
        }
        log.incidents = by_number.into_iter().map(|(number, rows)| Incident { number, versions: log.refused_twice(rows) }).collect();
        log.incidents.sort_by(|a, b| (a.first(), &a.number).cmp(&(b.first(), &b.number)));
        Ok(log)
    }

    /// The highest number, as the sequence counts; 0 for none.
    pub(super) fn highest_number(&self) -> i64 {
        self.incidents.iter().filter_map(|incident| incident.number.strip_prefix("INC")?.parse().ok()).max().unwrap_or(0)
    }

    /// The rows in order, without those that say the same version again.
    fn refused_twice(&mut self, mut rows: Vec<Row>) -> Vec<Row> {
        rows.sort_by_key(Row::key);
        rows.dedup_by(|second, first| {
            let twice = second.key() == first.key();
            if twice {
                let reason = format!("version {} of {} is on line {} already", first.sys_mod_count, first.number, first.line);
                self.refused.push(Refused { line: second.line, reason });
            }
            twice
        });
        rows
    }
}

impl Incident {
    fn first(&self) -> Option<Timestamp> {
        self.versions.first().map(|row| row.updated_at)
    }

    /// Versions whose count is not above that of the version before: the log's own confusion.
    pub(super) fn out_of_order(&self) -> usize {
        self.versions.windows(2).filter(|pair| pair[1].sys_mod_count <= pair[0].sys_mod_count).count()
    }
}

/// One line as CSV (RFC 4180).
fn cells(line: &[u8]) -> Result<Vec<String>, String> {
    let line = str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).map_err(|_| "not UTF-8".to_owned())?;
    if line.contains('\0') {
        return Err("a NUL character".into()); // no text of Postgres holds one
    }
    let mut records = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes()).into_records();
    match (records.next(), records.next()) {
        (Some(Ok(record)), None) => Ok(record.iter().map(str::to_owned).collect()),
        _ => Err("not one line of CSV".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../samples/servicenow_sample.csv");

    #[test]
    fn a_bad_line_costs_only_itself() {
        let mut lines: Vec<Vec<u8>> = SAMPLE.lines().map(|line| line.as_bytes().to_vec()).collect();
        let whole = Log::read(SAMPLE.as_bytes()).unwrap();
        lines.insert(3, b"\"an open quote, and no end".to_vec());
        lines.insert(9, b"\xff\xfe".to_vec());
        lines.insert(12, Vec::new());
        let log = Log::read(&lines.join(&b"\r\n"[..])).unwrap();
        assert_eq!(log.refused.iter().map(|refused| refused.line).collect::<Vec<_>>(), [4, 10]);
        assert_eq!((log.rows, log.incidents.len()), (whole.rows + 2, whole.incidents.len()));
    }

    #[test]
    fn the_order_of_the_file_does_not_matter() {
        let whole = Log::read(SAMPLE.as_bytes()).unwrap();
        let mut lines: Vec<&str> = SAMPLE.lines().collect();
        lines[1..].reverse();
        let turned = Log::read(lines.join("\n").as_bytes()).unwrap();
        let keys = |log: &Log| {
            log.incidents.iter().flat_map(|incident| incident.versions.iter().map(|row| (row.number.clone(), row.key()))).collect::<Vec<_>>()
        };
        assert_eq!(keys(&whole), keys(&turned));
    }

    #[test]
    fn the_same_version_again_is_refused() {
        let line = SAMPLE.lines().nth(1).unwrap();
        let log = Log::read(format!("{SAMPLE}{line}\n").as_bytes()).unwrap();
        assert_eq!(log.refused.len(), 1);
        assert!(log.refused[0].reason.contains("is on line 2 already"), "{}", log.refused[0]);
    }

    #[test]
    fn another_header_is_named() {
        let error = |text: &str| Log::read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error(" \n"), "it is empty");
        let error = error(&SAMPLE.replacen("sys_mod_count", "mod_count", 1).replacen("urgency", "hurry", 1));
        assert_eq!(error, "its first line lacks the columns sys_mod_count, urgency");
    }
}
