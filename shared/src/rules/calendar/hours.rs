//! Hours as people write them: `{"mon": [["08:00", "18:00"]]}`, holidays by date or as MM-DD of each year, dates with hours of their own.
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// From and to, in seconds since the local midnight; `to` may be 86,400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The first second.
    pub from: i32,
    /// The one after the last.
    pub to: i32,
}

/// A day without hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// In the calendar's zone.
    #[schema(value_type = String, format = "date", example = "2026-12-25")]
    pub date: Date,
    /// What is kept that day.
    #[serde(default)]
    #[schema(max_length = 160)]
    pub name: String,
    /// `hand`, or `file` for what an import brought and the next one replaces.
    #[serde(default)]
    pub source: Source,
}

/// Where a holiday comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HolidaySource)]
pub enum Source {
    /// Somebody wrote it.
    #[default]
    Hand,
    /// An iCalendar file.
    File,
}

/// A date with hours of its own, also where it is a holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DateOverride)]
pub struct Override {
    /// In the calendar's zone.
    #[schema(value_type = String, format = "date", example = "2026-12-24")]
    pub date: Date,
    /// From and to; none for a day that stays closed.
    #[schema(max_items = 12, example = json!([["08:00", "12:00"]]))]
    pub hours: Vec<[String; 2]>,
}

/// A calendar's hours, as they are stored and sent.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Written {
    /// By weekday: mon, tue, wed, thu, fri, sat, sun.
    pub hours: BTreeMap<String, Vec<[String; 2]>>,
    /// Days without hours.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Days with hours of their own.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// MM-DD of holidays that come each year.
    #[serde(default)]
    pub yearly_holidays: Vec<String>,
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Written {
    pub(super) fn week(&self) -> Result<[Vec<Segment>; 7], String> {
        let mut week: [Vec<Segment>; 7] = std::array::from_fn(|_| Vec::new());
        for (day, hours) in &self.hours {
            let at = WEEKDAYS.iter().position(|known| known == day).ok_or_else(|| format!("{day} is not one of {}", WEEKDAYS.join(", ")))?;
            week[at] = segments(hours).map_err(|error| format!("{day}: {error}"))?;
        }
        Ok(week)
    }

    pub(super) fn yearly(&self) -> Result<BTreeSet<(i8, i8)>, String> {
        let parsed = |text: &String| {
            let (month, day) = text.split_once('-')?;
            let (month, day) = (month.parse().ok()?, day.parse().ok()?);
            Date::new(2024, month, day).ok().map(|_| (month, day))
        };
        self.yearly_holidays.iter().map(|text| parsed(text).ok_or_else(|| format!("{text} is not a day as in 12-25"))).collect()
    }
}

/// Hours in order and apart.
pub fn segments(hours: &[[String; 2]]) -> Result<Vec<Segment>, String> {
    let mut all: Vec<Segment> = Vec::with_capacity(hours.len());
    for [from, to] in hours {
        let segment = Segment { from: second(from)?, to: second(to)? };
        if segment.to <= segment.from || all.last().is_some_and(|last| segment.from < last.to) {
            return Err(format!("{from} to {to} does not come after what is before it"));
        }
        all.push(segment);
    }
    Ok(all)
}

fn second(text: &str) -> Result<i32, String> {
    if text == "24:00" {
        return Ok(86_400);
    }
    let bytes = text.as_bytes();
    let is_time =
        matches!(bytes.len(), 5 | 8) && bytes.iter().enumerate().all(|(at, byte)| if at % 3 == 2 { *byte == b':' } else { byte.is_ascii_digit() });
    let time = is_time.then(|| text.parse::<Time>().ok()).flatten().ok_or_else(|| format!("{text} is not a time as in 08:00, or 24:00"))?;
    Ok(i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second()))
}
