//! When a schedule comes next. The clock is that of its zone: a time that the clock skips in spring comes at once after the gap, one
//! that it shows twice in autumn comes once; what comes by the hour or by the minute goes by real time.
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The first time after `after`; none where there is no such day. An error says what is wrong with the expression or the zone.
pub fn next(expression: &str, timezone: &str, after: Timestamp) -> Result<Option<Timestamp>, String> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = parser.parse(expression).map_err(|error| format!("{expression:?}: {error}"))?;
    let zone = TimeZone::get(timezone).map_err(|error| error.to_string())?;
    Ok(cron.find_next_occurrence(&after.to_zoned(zone), false).ok().map(|next| next.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The next times, as many as are expected.
    fn times(expression: &str, timezone: &str, after: &str, expected: &[&str]) {
        let mut at: Timestamp = after.parse().unwrap();
        for expected in expected {
            let next = next(expression, timezone, at).unwrap().unwrap();
            assert_eq!(next.to_string(), *expected, "{expression} {timezone} after {at}");
            at = next;
        }
    }

    #[test]
    fn the_usual_ones() {
        times("* * * * *", "UTC", "2026-01-01T00:00:00Z", &["2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"]);
        times("* * * * *", "UTC", "2026-01-01T00:00:59.999999Z", &["2026-01-01T00:01:00Z"]);
        times("30 2 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", &["2026-01-01T01:30:00Z", "2026-01-02T01:30:00Z"]);
        times("0 9 * * MON-FRI", "America/New_York", "2026-01-02T20:00:00Z", &["2026-01-05T14:00:00Z"]);
        times("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", &["2028-02-29T00:00:00Z"]);
        times("*/15 * * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", &["2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"]);
    }

    #[test]
    fn a_time_that_spring_skips_comes_once_right_after_the_gap() {
        // 29 March 2026 in Berlin has no time from 02:00 to 03:00.
        let times_of = ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"];
        times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", &times_of);
        // By the minute and by the hour nothing is skipped and nothing doubled.
        times("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", &["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"]);
        times("0 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", &["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]);
    }

    #[test]
    fn a_time_that_autumn_shows_twice_comes_once() {
        // 25 October 2026 in Berlin has 02:30 at 00:30 and at 01:30 UTC.
        times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
        let by_the_half_hour =
            ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"];
        times("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", &by_the_half_hour);
        times("30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z", &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
    }

    #[test]
    fn what_never_comes_is_none_and_nonsense_is_refused() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(next("0 0 31 2 *", "UTC", now), Ok(None));
        for nonsense in ["", "* * * *", "60 * * * *", "* * * * * *", "* * * * * * *", "every minute", "*/0 * * * *"] {
            assert!(next(nonsense, "UTC", now).is_err(), "{nonsense}");
        }
        assert!(next("* * * * *", "Europe/Atlantis", now).is_err());
    }

    proptest::proptest! {
        #[test]
        fn the_next_time_is_after_and_never_repeats(second in 0_i64..4_000_000_000, zone in 0_usize..6, cron in 0_usize..6) {
            let zone = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"][zone];
            let cron = ["* * * * *", "30 2 * * *", "0 */6 * * *", "15 0 1 * *", "0 12 * * SUN", "*/7 1-3 * * *"][cron];
            let after = Timestamp::from_second(second).unwrap();
            let next = super::next(cron, zone, after).unwrap().unwrap();
            proptest::prop_assert!(next > after);
            proptest::prop_assert!(super::next(cron, zone, next).unwrap().unwrap() > next);
            // Nothing lies between: looking again from just before finds the same.
            let before = next.checked_sub(jiff::Span::new().microseconds(1)).unwrap();
            proptest::prop_assert_eq!(super::next(cron, zone, before.max(after)).unwrap().unwrap(), next);
        }
    }
}
