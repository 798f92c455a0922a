//! Open time: what a calendar measures between two instants, and when a goal of it is reached.
//!
//! Intervals are half-open and kept in microseconds of UTC. A local time that the clock skips moves forward by the gap, one that it shows twice
//! is the first; 24:00 is the next midnight. Years cost what is special in them (holidays, changes of the clock), not their days.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

mod hours;
#[cfg(test)]
mod tests;
pub mod vectors;

pub use hours::{Holiday, Override, Segment, Source, Written, segments};

/// Days that a goal is looked for in: a hundred years.
const HORIZON: i32 = 36_525;
/// Days that a step may leap, so that a leap's special days stay few.
const LEAP: i32 = 512;

/// Microseconds from `a` to `b`, half-open.
type Interval = (i64, i64);

/// When a desk works.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    /// Monday first.
    week: [Vec<Segment>; 7],
    /// Seconds of each weekday as it usually is.
    usual: [i64; 7],
    /// Dates with hours of their own; a holiday has none.
    days: BTreeMap<Date, Vec<Segment>>,
    /// (month, day) of holidays that come each year.
    yearly: BTreeSet<(i8, i8)>,
}

impl Calendar {
    /// Of a zone and what is written in it.
    pub fn new(zone: TimeZone, written: &Written) -> Result<Self, String> {
        let week = written.week()?;
        let usual = std::array::from_fn(|day| week[day].iter().map(|segment| i64::from(segment.to - segment.from)).sum());
        let mut days: BTreeMap<Date, Vec<Segment>> = written.holidays.iter().map(|holiday| (holiday.date, Vec::new())).collect();
        for day in &written.overrides {
            days.insert(day.date, segments(&day.hours)?);
        }
        Ok(Self { zone, week, usual, days, yearly: written.yearly()? })
    }

    /// Seconds of open time in [a, b) that no pause covers, to the microsecond; nothing where b is not after a.
    pub fn elapsed(&self, a: Timestamp, b: Timestamp, pauses: &[(Timestamp, Timestamp)]) -> f64 {
        self.micros(a, b, pauses) as f64 / 1e6
    }

    /// [`Self::elapsed`] in microseconds.
    pub fn micros(&self, a: Timestamp, b: Timestamp, pauses: &[(Timestamp, Timestamp)]) -> i64 {
        self.measure(a.as_microsecond(), b.as_microsecond(), &merged(pauses))
    }

    /// The earliest instant at which so many microseconds are over; of 0 the first open one. None where the calendar does not open so often
    /// any more.
    pub fn due(&self, start: Timestamp, goal: i64, pauses: &[(Timestamp, Timestamp)]) -> Option<Timestamp> {
        let pauses = merged(pauses);
        let (mut left, mut at) = (goal.max(1), start.as_microsecond());
        let first = self.date(start);
        let (mut day, mut leap) = (0, 1);
        while day < HORIZON {
            let until = self.midnight(plus(first, day + leap)?)?;
            let open = self.measure(at, until, &pauses);
            if open < left {
                (at, left, day) = (until.max(at), left - open, day + leap);
                leap = (leap * 2).min(LEAP);
            } else if leap > 1 {
                leap /= 2;
            } else {
                let found = self.within(plus(first, day)?, at, left, &pauses)?;
                return Timestamp::from_microsecond(if goal < 1 { found - 1 } else { found }).ok();
            }
        }
        None
    }

    /// The same clock time so many business days later, or that day's last closing. A business day is one that opens.
    pub fn business_days(&self, start: Timestamp, days: u32, end_of_day: bool) -> Option<Timestamp> {
        let local = self.zone.to_datetime(start);
        let (mut date, mut left) = (local.date(), days);
        for _ in 0..HORIZON {
            date = date.tomorrow().ok()?;
            left -= u32::from(left > 0 && !self.segments(date).is_empty());
            if left == 0 {
                let closing = self.intervals(date).last().and_then(|(_, end)| Timestamp::from_microsecond(*end).ok());
                return closing.filter(|_| end_of_day).or_else(|| self.zone.to_timestamp(date.to_datetime(local.time())).ok());
            }
        }
        None
    }

    fn measure(&self, a: i64, b: i64, pauses: &[Interval]) -> i64 {
        let paused = pauses.iter().map(|(from, to)| self.open((*from).max(a), (*to).min(b)));
        self.open(a, b) - paused.sum::<i64>()
    }

    /// Open microseconds in [a, b): the first and the last day as they are, those between by their weekdays, corrected by what is special.
    fn open(&self, a: i64, b: i64) -> i64 {
        let (Ok(from), Ok(to)) = (Timestamp::from_microsecond(a), Timestamp::from_microsecond(b)) else { return 0 };
        if b <= a {
            return 0;
        }
        let (first, last) = (self.date(from), self.date(to));
        let clipped = |date| self.intervals(date).into_iter().map(|(start, end)| (end.min(b) - start.max(a)).max(0)).sum::<i64>();
        if first == last {
            return clipped(first);
        }
        let between = first.tomorrow().map_or(0, |next| self.days_between(next, last, from, to));
        clipped(first) + between + clipped(last)
    }

    /// Whole days from `first` to before `last`.
    fn days_between(&self, first: Date, last: Date, from: Timestamp, to: Timestamp) -> i64 {
        let count = i64::from((last - first).get_days().max(0));
        let begin = usize::from(first.weekday().to_monday_zero_offset().unsigned_abs());
        let rest = (0..usize::try_from(count % 7).unwrap_or_default()).map(|day| self.usual[(begin + day) % 7]);
        let usual = count / 7 * self.usual.iter().sum::<i64>() + rest.sum::<i64>();
        let exact = |date: Date| self.intervals(date).into_iter().map(|(start, end)| end - start).sum::<i64>();
        let special = self.special(first, last, from, to).into_iter();
        usual * 1_000_000 + special.map(|date| exact(date) - self.usual[weekday(date.weekday())] * 1_000_000).sum::<i64>()
    }

    /// Dates from `first` to before `last` that are not as their weekday usually is.
    fn special(&self, first: Date, last: Date, from: Timestamp, to: Timestamp) -> BTreeSet<Date> {
        if last <= first {
            return BTreeSet::new();
        }
        let mut special: BTreeSet<Date> = self.days.range(first..last).map(|(date, _)| *date).collect();
        for year in first.year()..=last.year() {
            special.extend(self.yearly.iter().filter_map(|(month, day)| Date::new(year, *month, *day).ok()));
        }
        // A day before, so that a change around midnight is seen from both of its sides.
        let begin = from.checked_sub(jiff::SignedDuration::from_hours(48)).unwrap_or(from);
        for change in self.zone.following(begin).take_while(|change| change.timestamp() <= to) {
            let date = self.date(change.timestamp());
            special.extend([date.yesterday().ok(), Some(date), date.tomorrow().ok()].into_iter().flatten());
        }
        special.retain(|date| (first..last).contains(date));
        special
    }

    /// When `left` of the day's open time after `at` is over.
    fn within(&self, date: Date, at: i64, mut left: i64, pauses: &[Interval]) -> Option<i64> {
        for (start, end) in self.intervals(date) {
            let mut from = start.max(at);
            for (pause, resume) in pauses.iter().copied().chain([(end, end)]) {
                let piece = (pause.min(end) - from).max(0);
                if piece >= left {
                    return Some(from + left);
                }
                left -= piece;
                from = from.max(resume);
            }
        }
        None
    }

    /// When a date is open, in order, without overlap, and never before or after the date itself.
    fn intervals(&self, date: Date) -> Vec<Interval> {
        let (Some(begin), Some(end)) = (self.midnight(date), date.tomorrow().ok().and_then(|next| self.midnight(next))) else { return Vec::new() };
        let mut open: Vec<Interval> = Vec::new();
        for segment in self.segments(date) {
            let (Some(from), Some(to)) = (self.instant(date, segment.from), self.instant(date, segment.to)) else { continue };
            let after = open.last().map_or(begin, |(_, end)| *end);
            let (from, to) = (from.max(after), to.min(end));
            if from < to {
                open.push((from, to));
            }
        }
        open
    }

    fn segments(&self, date: Date) -> &[Segment] {
        match self.days.get(&date) {
            Some(hours) => hours,
            None if self.yearly.contains(&(date.month(), date.day())) => &[],
            None => &self.week[weekday(date.weekday())],
        }
    }

    fn midnight(&self, date: Date) -> Option<i64> {
        self.at(date.to_datetime(jiff::civil::Time::midnight()))
    }

    fn instant(&self, date: Date, second: i32) -> Option<i64> {
        let time = jiff::civil::Time::midnight();
        match second {
            86_400 => self.midnight(date.tomorrow().ok()?),
            second => self.at(date.to_datetime(time.checked_add(jiff::SignedDuration::from_secs(second.into())).ok()?)),
        }
    }

    /// jiff's compatible way is ours: forward by the gap, the first of two.
    fn at(&self, local: DateTime) -> Option<i64> {
        self.zone.to_timestamp(local).ok().map(Timestamp::as_microsecond)
    }

    fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}

fn weekday(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

fn plus(date: Date, days: i32) -> Option<Date> {
    date.checked_add(jiff::Span::new().days(days)).ok()
}

/// In order and without overlap; what ends before it begins is none.
fn merged(pauses: &[(Timestamp, Timestamp)]) -> Vec<Interval> {
    let mut all: Vec<Interval> =
        pauses.iter().map(|(from, to)| (from.as_microsecond(), to.as_microsecond())).filter(|(from, to)| from < to).collect();
    all.sort_unstable();
    let mut merged: Vec<Interval> = Vec::with_capacity(all.len());
    for (from, to) in all {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}
