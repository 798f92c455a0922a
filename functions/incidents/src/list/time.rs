//! The times of a query.
use jiff::Timestamp;

use shared::error::Error;

/// Half-open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
}

/// Days that may be listed by sorting all they hold.
const SHORT: i64 = 183;

impl Range {
    /// Whether an order of something else passes more before it comes to this than this holds. All orders are about that of time: numbers and ids
    /// rise with it.
    pub(crate) fn is_far(&self, is_newest_first: bool, now: Timestamp) -> bool {
        let Some(from) = self.from else { return false };
        let to = self.to.map_or(now, |to| to.min(now));
        let held = to.as_second() - from.as_second();
        held <= SHORT * 24 * 60 * 60 && (!is_newest_first || held < now.as_second() - to.as_second())
    }
}

/// RFC 3339, or a date for its beginning in UTC; of the years that Postgres writes in four digits.
pub(crate) fn instant(name: &str, text: &str) -> Result<Timestamp, Error> {
    let refused = || Error::BadRequest(format!("{name} is a time as in 2026-01-31T12:00:00Z, or a date."));
    let time = if text.len() == "2026-01-31".len() { format!("{text}T00:00:00Z").parse() } else { text.parse() };
    let time: Timestamp = time.map_err(|_| refused())?;
    let years = "0001-01-01T00:00:00Z".parse::<Timestamp>().unwrap_or(Timestamp::MIN)..=Timestamp::MAX;
    if years.contains(&time) { Ok(time) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_or_a_date_of_four_digit_years() {
        for (text, time) in [
            ("2026-01-31", Some("2026-01-31T00:00:00Z")),
            ("2026-01-31T12:00:00+02:00", Some("2026-01-31T10:00:00Z")),
            ("2026-01-31T12:00:00.5Z", Some("2026-01-31T12:00:00.5Z")),
            ("9999-12-30", Some("9999-12-30T00:00:00Z")),
            ("0000-01-01", None),
            ("-000001-01-01", None),
            ("2026-02-30", None),
            ("2026-01-31T12:00:00", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(instant("x", text).ok().map(|time| time.to_string()).as_deref(), time, "{text}");
        }
    }

    #[test]
    fn far_is_what_lies_behind_more_than_it_holds() {
        let now = instant("x", "2026-12-31").unwrap();
        let time = |text: &str| instant("x", text).ok();
        for (from, to, from_oldest, from_newest) in [
            ("2026-01-01", "2026-02-01", true, true),
            ("2026-01-01", "2026-12-01", false, false),
            ("2026-12-01", "2026-12-30", true, false),
            ("2026-12-01", "", true, false),
            ("2026-12-01", "2030-01-01", true, false),
            ("2026-01-01", "", false, false),
            ("", "2026-01-01", false, false),
        ] {
            let range = Range { from: time(from), to: time(to) };
            assert_eq!((range.is_far(false, now), range.is_far(true, now)), (from_oldest, from_newest), "{from} {to}");
        }
    }
}
