use std::time::Instant;

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn calendar(zone: &str, hours: &str) -> Calendar {
    let written: Written = serde_json::from_str(hours).unwrap();
    Calendar::new(TimeZone::get(zone).unwrap(), &written).unwrap()
}

const OFFICE: &str = r#"{"hours": {"mon": [["08:00", "12:00"], ["13:00", "17:00"]], "tue": [["08:00", "17:00"]], "wed": [["08:00", "17:00"]], "thu": [["08:00", "17:00"]],
    "fri": [["08:00", "15:30"]]}, "yearly_holidays": ["12-25"], "holidays": [{"date": "2026-05-01"}], "overrides": [{"date": "2026-05-02", "hours": [["10:00", "12:00"]]}]}"#;
const ALWAYS: &str = r#"{"hours": {"mon": [["00:00", "24:00"]], "tue": [["00:00", "24:00"]], "wed": [["00:00", "24:00"]], "thu": [["00:00", "24:00"]],
    "fri": [["00:00", "24:00"]], "sat": [["00:00", "24:00"]], "sun": [["00:00", "24:00"]]}}"#;
const NEVER: &str = r#"{"hours": {}}"#;
const ONCE: &str = r#"{"hours": {}, "overrides": [{"date": "2026-06-01", "hours": [["10:00", "11:00"]]}]}"#;

#[test]
fn every_vector_of_six_other_systems_is_met() {
    let (run, failed) = vectors::run(include_str!("../../../tests/sla_vectors.json")).unwrap();
    assert!(failed.is_empty(), "{}", failed.iter().map(|failed| format!("{failed}\n")).collect::<String>());
    assert_eq!(run, 44);
}

#[test]
fn the_first_open_instant_the_closing_edge_and_never() {
    let office = calendar("UTC", OFFICE);
    for (start, seconds, due) in [
        ("2026-01-05T07:00:00Z", 0, "2026-01-05T08:00:00Z"),
        ("2026-01-05T12:00:00Z", 0, "2026-01-05T13:00:00Z"),
        ("2026-01-05T09:00:00.5Z", 0, "2026-01-05T09:00:00.5Z"),
        ("2026-01-05T08:00:00Z", 4 * 3600, "2026-01-05T12:00:00Z"),
        ("2026-01-05T08:00:00Z", 4 * 3600 + 1, "2026-01-05T13:00:01Z"),
        ("2026-04-30T16:00:00Z", 3 * 3600, "2026-05-02T12:00:00Z"),
        ("2026-12-24T16:00:00Z", 2 * 3600, "2026-12-28T09:00:00Z"),
    ] {
        assert_eq!(office.due(at(start), seconds * 1_000_000, &[]), Some(at(due)), "{start} + {seconds}");
    }
    assert_eq!(calendar("UTC", NEVER).due(at("2026-01-01T00:00:00Z"), 1_000_000, &[]), None);
    assert_eq!(calendar("UTC", NEVER).due(at("2026-01-01T00:00:00Z"), 0, &[]), None);
    assert_eq!(calendar("UTC", NEVER).business_days(at("2026-01-01T00:00:00Z"), 1, false), None);
    let once = calendar("UTC", ONCE);
    assert_eq!(once.due(at("2020-01-01T00:00:00Z"), 3600 * 1_000_000, &[]), Some(at("2026-06-01T11:00:00Z")));
    assert_eq!(once.due(at("2020-01-01T00:00:00Z"), 3601 * 1_000_000, &[]), None);
    assert_eq!(once.due(at("9999-12-01T00:00:00Z"), 1, &[]), None);
}

#[test]
fn business_days_keep_the_clock_time_or_end_with_the_day() {
    let office = calendar("Europe/Berlin", OFFICE);
    for (start, days, end_of_day, due) in [
        ("2026-03-26T10:00:00Z", 1, false, "2026-03-27T10:00:00Z"),
        // Over the change of the clock it is eleven on the wall, both times.
        ("2026-03-27T10:00:00Z", 1, false, "2026-03-30T09:00:00Z"),
        ("2026-03-27T10:00:00Z", 1, true, "2026-03-30T15:00:00Z"),
        ("2026-03-28T10:00:00Z", 1, false, "2026-03-30T09:00:00Z"),
        // A holiday is none, a day with hours of its own is one.
        ("2026-04-30T08:00:00Z", 1, false, "2026-05-02T08:00:00Z"),
        ("2026-04-30T08:00:00Z", 2, true, "2026-05-04T15:00:00Z"),
    ] {
        assert_eq!(office.business_days(at(start), days, end_of_day), Some(at(due)), "{start} + {days}");
    }
}

#[test]
fn local_times_that_are_skipped_or_shown_twice() {
    let night = r#"{"hours": {"sun": [["01:00", "04:00"]]}}"#;
    let berlin = calendar("Europe/Berlin", night);
    // 29 March 2026 has two hours from one to four, 25 October four.
    assert_eq!(berlin.elapsed(at("2026-03-28T20:00:00Z"), at("2026-03-29T20:00:00Z"), &[]), 2.0 * 3600.0);
    assert_eq!(berlin.elapsed(at("2026-10-24T20:00:00Z"), at("2026-10-25T20:00:00Z"), &[]), 4.0 * 3600.0);
    let twice = calendar("Europe/Berlin", r#"{"hours": {"sun": [["02:30", "03:00"]]}}"#);
    assert_eq!(twice.due(at("2026-10-24T20:00:00Z"), 0, &[]), Some(at("2026-10-25T00:30:00Z")));
    // A day that a zone never had is not open twice.
    let apia = calendar("Pacific/Apia", ALWAYS);
    assert_eq!(apia.elapsed(at("2011-12-29T00:00:00Z"), at("2012-01-02T00:00:00Z"), &[]), 4.0 * 86_400.0);
}

#[test]
fn ten_years_take_no_longer_than_their_holidays() {
    let office = calendar("America/New_York", OFFICE);
    let (start, end) = (at("2020-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z"));
    let goal = office.micros(start, end, &[]);
    let best = (0..20).map(|_| {
        let begun = Instant::now();
        assert!(office.due(start, goal, &[]).is_some());
        begun.elapsed()
    });
    let best = best.min().unwrap();
    // In a release build it is far below a millisecond; without optimisation twenty times that.
    assert!(best.as_millis() < if cfg!(debug_assertions) { 100 } else { 1 }, "{best:?}");
}

const ZONES: [&str; 10] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "Antarctica/Troll",
];
const CALENDARS: [&str; 3] = [OFFICE, ALWAYS, r#"{"hours": {"sat": [["22:15", "24:00"]], "sun": [["00:00", "03:45"], ["23:00", "24:00"]]}}"#];

fn some_calendar() -> impl Strategy<Value = Calendar> {
    (0..ZONES.len(), 0..CALENDARS.len()).prop_map(|(zone, hours)| calendar(ZONES[zone], CALENDARS[hours]))
}

fn some_time() -> impl Strategy<Value = Timestamp> {
    (1_200_000_000_i64..2_000_000_000, 0_i32..1_000_000).prop_map(|(second, micro)| Timestamp::new(second, micro * 1000).unwrap())
}

fn later(from: Timestamp, seconds: i64) -> Timestamp {
    from.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap()
}

/// What minutes say, one by one.
fn by_the_minute(calendar: &Calendar, from: Timestamp, minutes: i64) -> i64 {
    let is_open = |at: Timestamp| {
        let date = calendar.date(at);
        calendar.intervals(date).iter().any(|(from, to)| (*from..*to).contains(&at.as_microsecond()))
    };
    (0..minutes).filter(|minute| is_open(later(from, minute * 60))).count() as i64 * 60
}

proptest! {
    #[test]
    fn due_is_the_inverse_of_elapsed(calendar in some_calendar(), start in some_time(), goal in 0_i64..40_000_000, from in 0_i64..500_000, long in 0_i64..400_000) {
        let pauses = [(later(start, from), later(start, from + long))];
        let due = calendar.due(start, goal * 1_000_000, &pauses).unwrap();
        prop_assert_eq!(calendar.micros(start, due, &pauses), goal * 1_000_000);
        // It is the earliest such instant.
        let before = due.checked_sub(jiff::Span::new().microseconds(1)).unwrap();
        prop_assert!(goal == 0 || calendar.micros(start, before, &pauses) < goal * 1_000_000);
    }

    #[test]
    fn elapsed_adds_up_and_never_falls(calendar in some_calendar(), start in some_time(), one in 0_i64..90_000_000, two in 0_i64..9_000_000) {
        let (middle, end) = (later(start, one), later(start, one + two));
        let whole = calendar.micros(start, end, &[]);
        prop_assert_eq!(calendar.micros(start, middle, &[]) + calendar.micros(middle, end, &[]), whole);
        prop_assert!((0..=(one + two) * 1_000_000).contains(&whole));
        prop_assert_eq!(calendar.micros(end, start, &[]), 0);
    }

    #[test]
    fn a_pause_never_shortens(calendar in some_calendar(), start in some_time(), goal in 0_i64..4_000_000, from in -100_000_i64..900_000, long in 0_i64..400_000) {
        let pauses = [(later(start, from), later(start, from + long)), (later(start, from + long / 2), later(start, from + long * 2))];
        let unpaused = calendar.due(start, goal * 1_000_000, &[]).unwrap();
        prop_assert!(calendar.due(start, goal * 1_000_000, &pauses).unwrap() >= unpaused);
        prop_assert!(calendar.due(start, (goal + 1) * 1_000_000, &[]).unwrap() >= unpaused);
    }

    #[test]
    fn leaping_over_years_is_the_same_as_going_by_the_minute(calendar in some_calendar(), start in 20_000_000_i64..33_000_000, days in 0_i64..12) {
        let start = Timestamp::from_second(start * 60).unwrap();
        prop_assert_eq!(calendar.micros(start, later(start, days * 86_400), &[]), by_the_minute(&calendar, start, days * 1440) * 1_000_000);
    }

    #[test]
    fn intervals_of_days_follow_each_other(calendar in some_calendar(), start in some_time()) {
        let date = calendar.date(start);
        let mut all = Vec::new();
        for day in -3..4 {
            all.extend(calendar.intervals(plus(date, day).unwrap()));
        }
        prop_assert!(all.iter().all(|(from, to)| from < to) && all.windows(2).all(|two| two[0].1 <= two[1].0), "{:?}", all);
    }
}
