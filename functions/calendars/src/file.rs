//! The holidays of an iCalendar file (RFC 5545): each event is whole days, a recurring one on each of its dates in a span.
use std::collections::{BTreeMap, BTreeSet};

use icalendar::parser::{Component, read_calendar, unfold};
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use shared::rules::calendar::{Holiday, Source};

use crate::recurrence::{Rule, Work};

/// Dates of one recurrence at most.
const DATES: usize = 2000;
/// Days of one event at most.
const DAYS: i32 = 366;
/// Days that the events of one file may look at: some tens of thousands of yearly ones, and less than a second.
const WORK: u32 = 20_000_000;

/// Those from `from` to `to`, each date once; an error says what the file has that cannot be taken.
pub(crate) fn holidays(text: &str, from: Date, to: Date) -> Result<Vec<Holiday>, String> {
    let unfolded = unfold(text.trim_start_matches('\u{feff}'));
    let calendar = Some(&unfolded).filter(|text| text.trim_start().starts_with("BEGIN:VCALENDAR")).and_then(|text| read_calendar(text).ok());
    let calendar = calendar.ok_or("it is not an iCalendar file")?;
    let (mut dates, mut work) = (BTreeMap::new(), Work(WORK));
    for event in calendar.components.iter().filter(|component| component.name.as_str() == "VEVENT") {
        let name = value(event, "SUMMARY").map(readable).unwrap_or_default();
        if value(event, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
            continue;
        }
        for date in on(event, from, to, &mut work).map_err(|error| format!("{name}: {error}"))? {
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
fn on(event: &Component<'_>, from: Date, to: Date, work: &mut Work) -> Result<Vec<Date>, String> {
    let start = date(value(event, "DTSTART").ok_or("an event without DTSTART")?)?;
    let days = days(event, start)?;
    let starts = if value(event, "RRULE").or_else(|| value(event, "RDATE")).is_some() {
        recurring(event, start, from.checked_sub(days.days()).unwrap_or(from), to, work)?
    } else {
        vec![start]
    };
    // each is written out, kept and sorted, which is a hundred times the work of looking at a day
    work.spend(u32::try_from(starts.len()).unwrap_or(u32::MAX).saturating_mul(days.unsigned_abs()).saturating_mul(100))?;
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

/// Dates on which it starts, from its rules, its dates and its exceptions.
fn recurring(event: &Component<'_>, start: Date, from: Date, to: Date, work: &mut Work) -> Result<Vec<Date>, String> {
    let (mut dates, mut exceptions) = (BTreeSet::new(), BTreeSet::new());
    if value(event, "RRULE").is_none() {
        dates.insert(start);
    }
    for property in &event.properties {
        let text = property.val.as_str();
        let listed = || text.split(',').map(date).collect::<Result<Vec<_>, _>>();
        match property.name.as_str() {
            "RRULE" => dates.extend(text.parse::<Rule>()?.dates(start, from, to, work)?),
            "RDATE" => dates.extend(listed()?),
            "EXDATE" => exceptions.extend(listed()?),
            _ => {}
        }
    }
    let found: Vec<Date> = dates.difference(&exceptions).copied().filter(|date| (from..=to).contains(date)).collect();
    if found.len() > DATES { Err(format!("it recurs on more than {DATES} dates")) } else { Ok(found) }
}

/// The date of a DATE or a DATE-TIME.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    let digits = text.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| Date::strptime("%Y%m%d", digits).ok()).ok_or_else(|| format!("{text} is no date"))
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
        let long = event("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101\nRRULE:FREQ=DAILY;COUNT=1900\nSUMMARY:x");
        assert!(found(&long, "2026-01-01", "2030-01-01").is_err());
        assert!(holidays("hello", "2026-01-01".parse().unwrap(), "2027-01-01".parse().unwrap()).is_err());
    }
}
