//! The holidays of an iCalendar file (RFC 5545): each event is whole days, a recurring one on each of its dates in a span.
use std::collections::BTreeMap;

use icalendar::parser::{Component, read_calendar, unfold};
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use rrule::RRuleSet;
use shared::rules::calendar::{Holiday, Source};

/// Dates of one recurrence at most.
const DATES: u16 = 2000;
/// Days of one event at most.
const DAYS: i32 = 366;
/// What recurs more often than daily is no holiday, and would be written out for ever.
const FREQUENCIES: [&str; 4] = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];

/// Those from `from` to `to`, each date once; an error says what the file has that cannot be taken.
pub(crate) fn holidays(text: &str, from: Date, to: Date) -> Result<Vec<Holiday>, String> {
    let unfolded = unfold(text.trim_start_matches('\u{feff}'));
    let calendar = Some(&unfolded).filter(|text| text.trim_start().starts_with("BEGIN:VCALENDAR")).and_then(|text| read_calendar(text).ok());
    let calendar = calendar.ok_or("it is not an iCalendar file")?;
    let mut dates = BTreeMap::new();
    for event in calendar.components.iter().filter(|component| component.name.as_str() == "VEVENT") {
        let name = value(event, "SUMMARY").map(readable).unwrap_or_default();
        if value(event, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
            continue;
        }
        for date in on(event, from, to).map_err(|error| format!("{name}: {error}"))? {
            dates.entry(date).or_insert_with(|| name.clone());
        }
    }
    Ok(dates.into_iter().map(|(date, name)| Holiday { date, name, source: Source::File }).collect())
}

fn value<'a>(event: &'a Component<'_>, name: &str) -> Option<&'a str> {
    event.properties.iter().find(|property| property.name.as_str() == name).map(|property| property.val.as_str())
}

/// RFC 5545, 3.3.11, in a line of ours.
fn readable(text: &str) -> String {
    let text = text.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
    text.chars().filter(|letter| !letter.is_control()).take(160).collect::<String>().trim().to_owned()
}

/// The dates of an event.
fn on(event: &Component<'_>, from: Date, to: Date) -> Result<Vec<Date>, String> {
    let start = date(value(event, "DTSTART").ok_or("an event without DTSTART")?)?;
    let days = days(event, start)?;
    let starts = if value(event, "RRULE").or_else(|| value(event, "RDATE")).is_some() {
        recurring(event, start, from.checked_sub(days.days()).unwrap_or(from), to)?
    } else {
        vec![start]
    };
    let each = starts.into_iter().flat_map(|first| (0..days).filter_map(move |day| first.checked_add(day.days()).ok()));
    Ok(each.filter(|date| (from..=to).contains(date)).collect())
}

/// How many days it lasts. The end is not part of it, but for one that ends within a day.
fn days(event: &Component<'_>, start: Date) -> Result<i32, String> {
    let lasting = value(event, "DURATION").map(|text| text.parse::<Span>().map_err(|_| format!("{text} is no duration"))).transpose()?;
    let weeks_and_days = lasting.map(|span| span.get_weeks() * 7 + span.get_days());
    let days = match value(event, "DTEND") {
        Some(text) => (date(text)? - start).get_days() + i32::from(text.len() > 8 && !text.contains("T000000")),
        None => weeks_and_days.unwrap_or(1),
    };
    if (0..=DAYS).contains(&days) { Ok(days.max(1)) } else { Err(format!("it lasts {days} days")) }
}

/// Dates on which it starts, from its rule, its dates and its exceptions. Whole days, so all of them are reckoned in UTC.
fn recurring(event: &Component<'_>, start: Date, from: Date, to: Date) -> Result<Vec<Date>, String> {
    let mut lines = vec![format!("DTSTART:{}", midnight(start))];
    if value(event, "RRULE").is_none() {
        lines.push(format!("RDATE:{}", midnight(start)));
    }
    for property in &event.properties {
        let text = property.val.as_str();
        match property.name.as_str() {
            "RRULE" => lines.push(format!("RRULE:{}", rule(text)?)),
            name @ ("RDATE" | "EXDATE") => {
                let dates = text.split(',').map(|text| date(text).map(midnight)).collect::<Result<Vec<_>, _>>()?;
                lines.push(format!("{name}:{}", dates.join(",")));
            }
            _ => {}
        }
    }
    let set: RRuleSet = lines.join("\n").parse().map_err(|error: rrule::RRuleError| error.to_string())?;
    let bound = |date: Date| midnight(date).parse::<Compact>().map(|at| at.0);
    let found = set.after(bound(from)?).before(bound(to)?).all(DATES);
    if found.limited {
        return Err(format!("it recurs on more than {DATES} dates"));
    }
    found.dates.iter().map(|at| date(&at.format("%Y%m%d").to_string())).collect()
}

/// A rule whose end is an instant, as its start is.
fn rule(text: &str) -> Result<String, String> {
    let parts = text.split(';').map(|part| match part.split_once('=') {
        Some(("FREQ", frequency)) if !FREQUENCIES.contains(&frequency) => Err(format!("FREQ={frequency} is no rule for days")),
        Some(("UNTIL", until)) => date(until).map(|until| format!("UNTIL={}", midnight(until))),
        Some(("BYHOUR" | "BYMINUTE" | "BYSECOND", _)) => Err("a holiday is whole days".to_owned()),
        _ => Ok(part.to_owned()),
    });
    parts.collect::<Result<Vec<_>, _>>().map(|parts| parts.join(";"))
}

/// The date of a DATE or a DATE-TIME.
fn date(text: &str) -> Result<Date, String> {
    let digits = text.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| Date::strptime("%Y%m%d", digits).ok()).ok_or_else(|| format!("{text} is no date"))
}

fn midnight(date: Date) -> String {
    format!("{}T000000Z", date.strftime("%Y%m%d"))
}

/// An instant as recurrences have it.
struct Compact(chrono::DateTime<rrule::Tz>);

impl std::str::FromStr for Compact {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").map_err(|error| error.to_string())?;
        Ok(Self(naive.and_utc().with_timezone(&rrule::Tz::UTC)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(events: &str, from: &str, to: &str) -> Result<Vec<String>, String> {
        let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{}END:VCALENDAR\r\n", events.replace('\n', "\r\n"));
        let all = holidays(&text, from.parse().unwrap(), to.parse().unwrap())?;
        Ok(all.into_iter().map(|holiday| format!("{} {}", holiday.date, holiday.name)).collect())
    }

    fn event(lines: &str) -> String {
        format!("BEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT\n")
    }

    #[test]
    fn a_date_is_a_day_and_the_end_is_not_part_of_it() {
        let one = event("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\\, first\n  day");
        let three = event("DTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20270104\nSUMMARY:New Year");
        let canceled = event("DTSTART;VALUE=DATE:20260501\nSTATUS:CANCELLED\nSUMMARY:No");
        let all = found(&(one + &three + &canceled), "2026-01-01", "2027-01-02").unwrap();
        assert_eq!(all, ["2026-12-25 Christmas, first day", "2027-01-01 New Year", "2027-01-02 New Year"]);
    }

    #[test]
    fn rules_dates_and_exceptions_are_followed_inside_the_span() {
        let yearly = event("DTSTART;VALUE=DATE:20001226\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20271226\nRDATE;VALUE=DATE:20270630\nSUMMARY:x");
        assert_eq!(found(&yearly, "2026-01-01", "2028-12-31").unwrap(), ["2026-12-26 x", "2027-06-30 x", "2028-12-26 x"]);
        let thanksgiving = event("DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:Thanksgiving");
        assert_eq!(found(&thanksgiving, "2026-01-01", "2027-12-31").unwrap(), ["2026-11-26 Thanksgiving", "2027-11-25 Thanksgiving"]);
        let ended = event("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;UNTIL=20260101\nSUMMARY:x");
        assert_eq!(found(&ended, "2025-01-01", "2030-12-31").unwrap(), ["2025-01-01 x", "2026-01-01 x"]);
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        assert!(found(&event("DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY"), "2026-01-01", "2027-01-01").is_err());
        assert!(found(&event("SUMMARY:x"), "2026-01-01", "2027-01-01").is_err());
        assert!(found(&event("DTSTART;VALUE=DATE:20260231"), "2026-01-01", "2027-01-01").is_err());
        assert!(holidays("hello", "2026-01-01".parse().unwrap(), "2027-01-01".parse().unwrap()).is_err());
    }
}
