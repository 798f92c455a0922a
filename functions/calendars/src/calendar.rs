//! A calendar as the API shows it. Postgres writes it; this type documents it and holds the tests to it.
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::db::Param;
use shared::error::Error;
use shared::rules::calendar::{self as rules, Holiday, Override, Written};
use utoipa::ToSchema;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// By weekday, from and to: several a day, in order.
pub type Hours = BTreeMap<String, Vec<[String; 2]>>;

/// A calendar.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// UUIDv7.
    pub id: Uuid,
    /// Unique.
    #[schema(example = "Berlin office")]
    pub name: String,
    /// Of the IANA's database: all its times and dates are of this zone.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// By weekday (`mon` to `sun`), from and to: several a day, in order. A weekday that is left out stays closed.
    #[schema(value_type = Object, example = json!({"mon": [["08:00", "12:00"], ["13:00", "17:00"]], "sat": [["10:00", "24:00"]]}))]
    pub hours: Hours,
    /// Dates without hours.
    pub holidays: Vec<Holiday>,
    /// Dates with hours of their own, also where they are holidays.
    pub overrides: Vec<Override>,
    /// One that is not active is given to no definition any more.
    pub active: bool,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[schema(format = "date-time")]
    pub created_at: String,
    /// When it last changed.
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// A page of calendars.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CalendarPage)]
pub struct Page {
    /// By name.
    pub items: Vec<Calendar>,
    /// For the page after this one.
    pub next: Option<String>,
}

/// What somebody writes of a calendar.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCalendar)]
pub(crate) struct Fields {
    /// Unique.
    #[schema(min_length = 1, max_length = 160, example = "Berlin office")]
    pub(crate) name: String,
    /// Of the IANA's database.
    #[schema(example = "Europe/Berlin")]
    pub(crate) time_zone: String,
    /// By weekday (`mon` to `sun`), from and to: several a day, in order. A weekday that is left out stays closed.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"mon": [["08:00", "12:00"], ["13:00", "17:00"]], "sat": [["10:00", "24:00"]]}))]
    pub(crate) hours: Hours,
    /// Dates without hours.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub(crate) holidays: Vec<Holiday>,
    /// Dates with hours of their own, also where they are holidays.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub(crate) overrides: Vec<Override>,
    /// So, if not said.
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

fn yes() -> bool {
    true
}

/// Dates of a list at most.
const DATES: usize = 2000;
/// Times of a day at most.
const TIMES: usize = 12;

impl Fields {
    /// In order of dates; 422 for what could never be so. Whether there is such a zone, the database knows.
    pub(crate) fn checked(mut self) -> Result<Self, Error> {
        let invalid = |pointer: &str, detail: &str| Err(Error::invalid(pointer, detail));
        if self.name.trim().is_empty() || self.name.contains(char::is_control) {
            return invalid("/name", "It has 1 to 160 characters, not all blank, and no control characters.");
        }
        if self.time_zone.contains('\0') {
            return invalid("/time_zone", "It is a zone of the IANA's database, as in Europe/Berlin.");
        }
        self.holidays.sort_by_key(|holiday| holiday.date);
        self.overrides.sort_by_key(|day| day.date);
        if self.holidays.len() > DATES || self.holidays.windows(2).any(|two| two[0].date == two[1].date) {
            return invalid("/holidays", "They are 2,000 dates at most, each once.");
        }
        if self.holidays.iter().any(|holiday| holiday.name.chars().count() > 160 || holiday.name.contains(char::is_control)) {
            return invalid("/holidays", "A name has at most 160 characters, and no control characters.");
        }
        if self.overrides.len() > DATES || self.overrides.windows(2).any(|two| two[0].date == two[1].date) {
            return invalid("/overrides", "They are 2,000 dates at most, each once.");
        }
        if self.hours.values().chain(self.overrides.iter().map(|day| &day.hours)).any(|hours| hours.len() > TIMES) {
            return invalid("/hours", "A day opens twelve times at most.");
        }
        for (at, day) in self.overrides.iter().enumerate() {
            rules::segments(&day.hours).map_err(|error| Error::invalid(&format!("/overrides/{at}/hours"), format!("{error}.")))?;
        }
        let written = Written { hours: self.hours.clone(), ..Written::default() };
        rules::Calendar::new(TimeZone::UTC, &written).map_err(|error| Error::invalid("/hours", format!("{error}.")))?;
        Ok(self)
    }
}

/// The id in a path; nothing has another name, so anything else is a 404.
pub(crate) fn id(path: &str) -> Result<Param, Error> {
    path.parse::<Hyphenated>().map(|id| Uuid::from(id).into()).map_err(|_| Error::NotFound)
}
