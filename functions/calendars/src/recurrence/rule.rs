//! A rule as it is written.
use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Weekday;

use super::{Frequency, Rule};
use crate::file::date;

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().to_ascii_uppercase();
        let mut parts = BTreeMap::new();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("{part} is no part of a rule"))?;
            if parts.insert(name, value).is_some() {
                return Err(format!("{name} is there twice"));
            }
        }
        let rule = Self {
            frequency: frequency(parts.remove("FREQ").ok_or("a rule without FREQ")?)?,
            interval: parts.remove("INTERVAL").map_or(Ok(1), |value| positive("INTERVAL", value))?.into(),
            count: parts.remove("COUNT").map(|value| positive("COUNT", value)).transpose()?,
            until: parts.remove("UNTIL").map(date).transpose()?,
            months: numbers("BYMONTH", parts.remove("BYMONTH"), 1, 12)?,
            weeks: numbers("BYWEEKNO", parts.remove("BYWEEKNO"), -53, 53)?,
            year_days: numbers("BYYEARDAY", parts.remove("BYYEARDAY"), -366, 366)?,
            month_days: numbers("BYMONTHDAY", parts.remove("BYMONTHDAY"), -31, 31)?,
            weekdays: list(parts.remove("BYDAY"), numbered_weekday)?,
            positions: numbers("BYSETPOS", parts.remove("BYSETPOS"), -366, 366)?,
            week_start: parts.remove("WKST").map_or(Ok(Weekday::Monday), weekday)?,
        };
        match parts.into_keys().next() {
            Some("BYHOUR" | "BYMINUTE" | "BYSECOND") => Err("a holiday is whole days".to_owned()),
            Some(name) => Err(format!("{name} is no part of a rule")),
            None => rule.checked(),
        }
    }
}

impl Rule {
    /// Parts that do not go together (RFC 5545, 3.3.10).
    fn checked(self) -> Result<Self, String> {
        let (monthly, yearly) = (self.frequency == Frequency::Monthly, self.frequency == Frequency::Yearly);
        let numbered = self.weekdays.iter().any(|(number, _)| *number != 0);
        let others = [&self.months, &self.weeks, &self.year_days, &self.month_days];
        let wrong = [
            (self.count.is_some() && self.until.is_some(), "COUNT with UNTIL"),
            (!self.weeks.is_empty() && !yearly, "BYWEEKNO in a rule that is not YEARLY"),
            (!self.year_days.is_empty() && !yearly, "BYYEARDAY in a rule that is not YEARLY"),
            (!self.month_days.is_empty() && self.frequency == Frequency::Weekly, "BYMONTHDAY in a rule that is WEEKLY"),
            (numbered && !monthly && !yearly, "a numbered BYDAY in a rule that is neither MONTHLY nor YEARLY"),
            (numbered && !self.weeks.is_empty(), "a numbered BYDAY with BYWEEKNO"),
            (!self.positions.is_empty() && self.weekdays.is_empty() && others.iter().all(|list| list.is_empty()), "BYSETPOS alone"),
        ];
        wrong.iter().find(|(is, _)| *is).map_or(Ok(self), |(_, what)| Err(format!("it has {what}")))
    }
}

/// What recurs more often than daily is no holiday.
fn frequency(text: &str) -> Result<Frequency, String> {
    match text {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        _ => Err(format!("FREQ={text} is no rule for days")),
    }
}

fn positive(name: &str, text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| format!("{name}={text} is no number from 1"))
}

fn list<T>(text: Option<&str>, item: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.map_or(Ok(Vec::new()), |text| text.split(',').map(item).collect())
}

fn numbers(name: &str, text: Option<&str>, least: i16, most: i16) -> Result<Vec<i16>, String> {
    let number = |text: &str| text.parse().ok().filter(|number| *number != 0 && (least..=most).contains(number));
    list(text, |text| number(text).ok_or_else(|| format!("{name}={text} is not from {least} to {most}")))
}

/// `MO`, `2MO` or `-1MO`.
fn numbered_weekday(text: &str) -> Result<(i16, Weekday), String> {
    let wrong = || format!("BYDAY={text} is no weekday");
    let (number, day) = text.len().checked_sub(2).and_then(|middle| text.split_at_checked(middle)).ok_or_else(wrong)?;
    match number {
        "" => Ok((0, weekday(day)?)),
        _ => Ok((numbers("BYDAY", Some(number), -53, 53)?.first().copied().ok_or_else(wrong)?, weekday(day)?)),
    }
}

fn weekday(text: &str) -> Result<Weekday, String> {
    match text {
        "MO" => Ok(Weekday::Monday),
        "TU" => Ok(Weekday::Tuesday),
        "WE" => Ok(Weekday::Wednesday),
        "TH" => Ok(Weekday::Thursday),
        "FR" => Ok(Weekday::Friday),
        "SA" => Ok(Weekday::Saturday),
        "SU" => Ok(Weekday::Sunday),
        _ => Err(format!("{text} is no weekday")),
    }
}
