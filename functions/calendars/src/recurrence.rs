//! The recurrence rules of RFC 5545 (3.3.10), for whole days.
mod rule;
#[cfg(test)]
mod tests;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// A list that is empty says nothing. In `weekdays` the number is which one of the month or the year, 0 for each.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    frequency: Frequency,
    interval: i64,
    count: Option<u32>,
    until: Option<Date>,
    months: Vec<i16>,
    weeks: Vec<i16>,
    year_days: Vec<i16>,
    month_days: Vec<i16>,
    weekdays: Vec<(i16, Weekday)>,
    positions: Vec<i16>,
    week_start: Weekday,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// Days that may still be looked at. A rule that matches nothing, or was counted since the year 1, ends by it.
pub(crate) struct Work(pub(crate) u32);

impl Work {
    pub(crate) fn spend(&mut self, days: u32) -> Result<(), String> {
        self.0 = self.0.checked_sub(days).ok_or("its recurrences are too much to write out")?;
        Ok(())
    }
}

impl Rule {
    /// The dates from `from` to `to`, in order, of what begins at `start`.
    pub(crate) fn dates(&self, start: Date, from: Date, to: Date, work: &mut Work) -> Result<Vec<Date>, String> {
        let rule = self.beginning_at(start);
        let last = rule.until.map_or(to, |until| until.min(to));
        let mut left = rule.count.unwrap_or(u32::MAX);
        let mut dates = Vec::new();
        // What is counted is counted from its start; anything else can be entered where it is asked for.
        let entry = if rule.count.is_some() { 0 } else { rule.periods_before(start, from) };
        for (first, end) in (entry..).map_while(|number| rule.period(start, number)).take_while(|(first, _)| *first <= last) {
            for date in rule.at_positions(rule.set(first, end, work)?).into_iter().filter(|date| *date >= start) {
                if date > last {
                    return Ok(dates);
                }
                if date >= from {
                    dates.push(date);
                }
                left -= 1;
                if left == 0 {
                    return Ok(dates);
                }
            }
        }
        Ok(dates)
    }

    /// With what the rule does not say and its start does.
    fn beginning_at(&self, start: Date) -> Self {
        let mut rule = self.clone();
        if !rule.weekdays.is_empty() || !rule.month_days.is_empty() || !rule.year_days.is_empty() {
            return rule;
        }
        match rule.frequency {
            Frequency::Daily => {}
            Frequency::Yearly if rule.weeks.is_empty() => {
                rule.month_days.push(start.day().into());
                if rule.months.is_empty() {
                    rule.months.push(start.month().into());
                }
            }
            Frequency::Weekly | Frequency::Yearly => rule.weekdays.push((0, start.weekday())),
            Frequency::Monthly => rule.month_days.push(start.day().into()),
        }
        rule
    }

    /// How many periods of the rule lie whole between its start and a date.
    fn periods_before(&self, start: Date, date: Date) -> i64 {
        let years = i64::from(date.year()) - i64::from(start.year());
        let days = |first: Date| i64::from((date - first).get_days());
        let units = match self.frequency {
            Frequency::Daily => days(start),
            Frequency::Weekly => days(self.week(start)) / 7,
            Frequency::Monthly => years * 12 + i64::from(date.month()) - i64::from(start.month()),
            Frequency::Yearly => years,
        };
        units.max(0) / self.interval
    }

    /// The first and the last day of one of the rule's days, weeks, months or years; none beyond the calendar.
    fn period(&self, start: Date, number: i64) -> Option<(Date, Date)> {
        let units = number.checked_mul(self.interval)?;
        let after = |first: Date, span: Result<Span, jiff::Error>| first.checked_add(span.ok()?).ok();
        match self.frequency {
            Frequency::Daily => after(start, Span::new().try_days(units)).map(|day| (day, day)),
            Frequency::Weekly => after(self.week(start), Span::new().try_weeks(units)).map(|first| (first, first.saturating_add(6.days()))),
            Frequency::Monthly => after(start.first_of_month(), Span::new().try_months(units)).map(|first| (first, first.last_of_month())),
            Frequency::Yearly => after(start.first_of_year(), Span::new().try_years(units)).map(|first| (first, first.last_of_year())),
        }
    }

    /// The first day of a date's week.
    fn week(&self, date: Date) -> Date {
        date.saturating_sub(i64::from(date.weekday().since(self.week_start)).days())
    }

    /// The days of a period that the rule names. To expand a period and to limit it are the same: each part keeps the days that it names.
    fn set(&self, first: Date, end: Date, work: &mut Work) -> Result<Vec<Date>, String> {
        let mut days = Vec::new();
        let mut next = Some(first);
        while let Some(day) = next.filter(|day| *day <= end) {
            work.spend(1)?;
            let in_month = self.months.is_empty() || self.months.contains(&day.month().into());
            if in_month && self.names(day) {
                days.push(day);
            }
            next = if in_month { day.tomorrow().ok() } else { day.last_of_month().tomorrow().ok() };
        }
        Ok(days)
    }

    fn names(&self, day: Date) -> bool {
        let of = |list: &[i16], numbers: [i16; 2]| list.is_empty() || numbers.iter().any(|number| list.contains(number));
        let month_days = || both_ends(day.day().into(), day.days_in_month().into());
        let year_days = || both_ends(day.day_of_year(), day.days_in_year());
        of(&self.month_days, month_days()) && of(&self.year_days, year_days()) && self.on_weekday(day) && of(&self.weeks, self.week_numbers(day))
    }

    fn on_weekday(&self, day: Date) -> bool {
        let which = || {
            let in_month = self.frequency == Frequency::Monthly || !self.months.is_empty();
            if in_month { sevenths(day.day().into(), day.days_in_month().into()) } else { sevenths(day.day_of_year(), day.days_in_year()) }
        };
        let matches = |(number, weekday): &(i16, Weekday)| *weekday == day.weekday() && (*number == 0 || which().contains(number));
        self.weekdays.is_empty() || self.weekdays.iter().any(matches)
    }

    /// The number of a day's week, which is of the year that has most of it: the year of its fourth day.
    fn week_numbers(&self, day: Date) -> [i16; 2] {
        let fourth = self.week(day).saturating_add(3.days());
        sevenths(fourth.day_of_year(), fourth.days_in_year())
    }

    fn at_positions(&self, set: Vec<Date>) -> Vec<Date> {
        if self.positions.is_empty() {
            return set;
        }
        let length = i16::try_from(set.len()).unwrap_or(i16::MAX);
        let at = |index: i16| both_ends(index, length).iter().any(|number| self.positions.contains(number));
        (1..).zip(set).filter(|(index, _)| at(*index)).map(|(_, date)| date).collect()
    }
}

/// A place counted from the front, 1 being the first, and from the back, -1 being the last.
fn both_ends(place: i16, of: i16) -> [i16; 2] {
    [place, place - of - 1]
}

/// The same, counted in sevens.
fn sevenths(place: i16, of: i16) -> [i16; 2] {
    [(place - 1) / 7 + 1, -((of - place) / 7 + 1)]
}
