//! Schedules as EventBridge writes them. No linter reads these expressions, and a wrong one fails only when the stack is deployed.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>
use anyhow::{Context, Result, bail, ensure};

/// One field of a cron expression.
struct Field {
    name: &'static str,
    first: u32,
    last: u32,
    names: &'static [&'static str],
}

const MINUTE: Field = Field { name: "minute", first: 0, last: 59, names: &[] };
const HOUR: Field = Field { name: "hour", first: 0, last: 23, names: &[] };
const DAY: Field = Field { name: "day", first: 1, last: 31, names: &[] };
const MONTH: Field =
    Field { name: "month", first: 1, last: 12, names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] };
/// Sunday is 0 and 7 to cron, and 1 to EventBridge: only names mean the same to both.
const WEEKDAY: Field = Field { name: "weekday", first: 0, last: 7, names: &WEEKDAYS };
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const EVENTBRIDGE_WEEKDAY: Field = Field { name: "weekday", first: 1, last: 7, names: &WEEKDAYS };
const YEAR: Field = Field { name: "year", first: 1970, last: 2199, names: &[] };

/// Cron's five fields as EventBridge's six. Of day and weekday one must be `?`; cron's "either" of two that are given has no translation.
pub(crate) fn expression(cron: &str) -> Result<String> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields[..] else { bail!("{cron:?} must have five fields") };
    let (day, weekday) = match (day, weekday) {
        (day, "*") => (DAY.translated(day)?, "?".to_owned()),
        ("*", weekday) => ("?".to_owned(), weekdays(weekday)?),
        _ => bail!("{cron:?} gives both a day and a weekday, which EventBridge cannot"),
    };
    let (minute, hour, month) = (MINUTE.translated(minute)?, HOUR.translated(hour)?, MONTH.translated(month)?);
    let written = format!("cron({minute} {hour} {day} {month} {weekday} *)");
    check(&written).map(|()| written)
}

/// Whether EventBridge takes this: `rate(n unit)` or `cron(six fields)`.
pub(crate) fn check(expression: &str) -> Result<()> {
    let inside = |kind: &str| expression.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(rate) = inside("rate") {
        return rate_is_one(rate).with_context(|| format!("{expression:?}"));
    }
    let fields: Vec<&str> = inside("cron").with_context(|| format!("{expression:?} is neither rate(...) nor cron(...)"))?.split(' ').collect();
    let [minute, hour, day, month, weekday, year] = fields[..] else { bail!("{expression:?} must have six fields") };
    ensure!((day == "?") != (weekday == "?"), "{expression:?}: of day and weekday one must be ?");
    for (field, text) in [(MINUTE, minute), (HOUR, hour), (DAY, day), (MONTH, month), (EVENTBRIDGE_WEEKDAY, weekday), (YEAR, year)] {
        if text != "?" {
            field.parts(text).with_context(|| format!("{expression:?}"))?;
        }
    }
    Ok(())
}

fn rate_is_one(rate: &str) -> Result<()> {
    let (count, unit) = rate.split_once(' ').context("must be a number and a unit")?;
    let count: u32 = count.parse()?;
    let units = if count == 1 { ["minute", "hour", "day"] } else { ["minutes", "hours", "days"] };
    ensure!(count > 0 && units.contains(&unit), "must be 1 of minute, hour, day, or more of minutes, hours, days");
    Ok(())
}

/// A part of a field, between commas: from, to, and every how many.
struct Part {
    from: u32,
    to: u32,
    every: Option<u32>,
}

impl Field {
    fn parts(&self, text: &str) -> Result<Vec<Part>> {
        text.split(',').map(|part| self.part(part).with_context(|| format!("{} {part:?}", self.name))).collect()
    }

    fn part(&self, text: &str) -> Result<Part> {
        let (range, every) = text.split_once('/').map_or((text, None), |(range, every)| (range, Some(every)));
        let every = every.map(str::parse::<u32>).transpose()?;
        ensure!(every != Some(0), "every 0 is never");
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (self.first, self.last),
            Some((from, to)) => (self.value(from)?, self.value(to)?),
            None => (self.value(range)?, if every.is_some() { self.last } else { self.value(range)? }),
        };
        ensure!(from <= to, "ends before it begins");
        Ok(Part { from, to, every })
    }

    fn value(&self, text: &str) -> Result<u32> {
        let named = self.names.iter().zip(self.first..).find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, value)| value);
        let value = match named {
            Some(value) => value,
            None => text.parse().context("is no number")?,
        };
        ensure!((self.first..=self.last).contains(&value), "must be {} to {}", self.first, self.last);
        Ok(value)
    }

    /// Steps are of a beginning to EventBridge, never of a range.
    fn translated(&self, text: &str) -> Result<String> {
        if text == "*" {
            return Ok("*".into());
        }
        let written = |part: Part| match part {
            Part { from, to, every: None } if from == to => from.to_string(),
            Part { from, to, every: None } => format!("{from}-{to}"),
            Part { from, to, every: Some(every) } if to == self.last => format!("{from}/{every}"),
            Part { from, to, every: Some(every) } => listed((from..=to).step_by(every as usize).map(|value| value.to_string())),
        };
        Ok(listed(self.parts(text)?.into_iter().map(written)))
    }
}

fn weekdays(text: &str) -> Result<String> {
    let parts = WEEKDAY.parts(text)?;
    // `*` and a step without an end go to 7, which is 0 again.
    let days = parts.iter().flat_map(|part| (part.from..=part.to).step_by(part.every.unwrap_or(1) as usize)).map(|day| day % 7);
    let days: std::collections::BTreeSet<u32> = days.collect();
    Ok(listed(days.into_iter().filter_map(|day| WEEKDAYS.get(day as usize)).map(|&day| day.to_owned())))
}

fn listed(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_fields_become_six() {
        for (cron, six) in [
            ("* * * * *", "cron(* * * * ? *)"),
            ("23 * * * *", "cron(23 * * * ? *)"),
            ("*/5 8-18 * * 1-5", "cron(0/5 8-18 ? * MON,TUE,WED,THU,FRI *)"),
            ("0,30 0 1 1,jul *", "cron(0,30 0 1 1,7 ? *)"),
            ("0 6 * * 0", "cron(0 6 ? * SUN *)"),
            ("0 6 * * 7", "cron(0 6 ? * SUN *)"),
            ("0 6 * * fri-7", "cron(0 6 ? * SUN,FRI,SAT *)"),
            ("10-40/10 3 */2 * *", "cron(10,20,30,40 3 1/2 * ? *)"),
        ] {
            assert_eq!(expression(cron).unwrap(), six, "{cron}");
        }
    }

    #[test]
    fn what_eventbridge_cannot_say_is_an_error() {
        for cron in [
            "* * * *",
            "* * * * * *",
            "0 0 1 * 1",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "*/0 * * * *",
            "5-1 * * * *",
            "a * * * *",
        ] {
            assert!(expression(cron).is_err(), "{cron}");
        }
    }

    #[test]
    fn expressions_of_eventbridge_are_told_from_others() {
        for right in ["rate(1 minute)", "rate(5 minutes)", "rate(1 day)", "cron(0/5 8-18 ? * MON-FRI *)", "cron(0 0 1 JAN ? 2030)"] {
            assert!(check(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "every minute",
            "rate(1 minutes)",
            "rate(5 minute)",
            "rate(0 minutes)",
            "rate(-1 minutes)",
            "rate(1)",
            "rate(1 second)",
            "cron(* * * * *)",
            "cron(* * * * * *)",
            "cron(* * ? * ? *)",
            "cron(60 * * * ? *)",
            "cron(* * * * ? 1969)",
            "cron(* * ? * 0 *)",
            "cron(* * * * ? *",
            "cron(*  * * * ? *)",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
