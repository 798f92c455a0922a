//! Cases that prove the clock: a calendar, a start, and what is expected. `itsm sla vectors FILE` runs a file of them.
use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use serde::Deserialize;

use super::{Calendar, Holiday, Override, Source, Written};

/// A file of cases.
#[derive(Debug, Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Debug, Deserialize)]
struct Vector {
    id: String,
    #[serde(flatten)]
    case: Case,
    calendar: Zoned,
    start: Timestamp,
    #[serde(default)]
    pauses: Vec<(Timestamp, Timestamp)>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Case {
    Due { goal_s: i64, expect: Option<Timestamp> },
    Elapsed { end: Timestamp, expect_s: f64 },
}

/// A calendar as such files have it: a holiday is a date without a name.
#[derive(Debug, Deserialize)]
struct Zoned {
    tz: String,
    hours: BTreeMap<String, Vec<[String; 2]>>,
    #[serde(default)]
    holidays: Vec<Date>,
    #[serde(default)]
    yearly_holidays: Vec<String>,
    #[serde(default)]
    overrides: Vec<Override>,
}

/// A case that does not come out as it should.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed {
    /// Which.
    pub id: String,
    /// As the file has it.
    pub expected: String,
    /// As we have it.
    pub found: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.id, self.expected, self.found)
    }
}

/// How many cases there are, and those that fail; an error says why it is no such file.
pub fn run(text: &str) -> Result<(usize, Vec<Failed>), String> {
    let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let failed = file.vectors.iter().filter_map(|vector| vector.failed().transpose()).collect::<Result<_, String>>()?;
    Ok((file.vectors.len(), failed))
}

impl Vector {
    fn failed(&self) -> Result<Option<Failed>, String> {
        let zone = TimeZone::get(&self.calendar.tz).map_err(|error| format!("{}: {error}", self.id))?;
        let calendar = Calendar::new(zone, &self.calendar.written()).map_err(|error| format!("{}: {error}", self.id))?;
        let (expected, found) = match self.case {
            Case::Due { goal_s, expect } => (time(expect), time(calendar.due(self.start, goal_s.saturating_mul(1_000_000), &self.pauses))),
            Case::Elapsed { end, expect_s } => (format!("{expect_s} s"), format!("{} s", calendar.elapsed(self.start, end, &self.pauses))),
        };
        Ok((expected != found).then(|| Failed { id: self.id.clone(), expected, found }))
    }
}

impl Zoned {
    fn written(&self) -> Written {
        let holiday = |date: &Date| Holiday { date: *date, name: String::new(), source: Source::Hand };
        Written {
            hours: self.hours.clone(),
            holidays: self.holidays.iter().map(holiday).collect(),
            overrides: self.overrides.clone(),
            yearly_holidays: self.yearly_holidays.clone(),
        }
    }
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.round(Unit::Microsecond).unwrap_or(at).to_string())
}
