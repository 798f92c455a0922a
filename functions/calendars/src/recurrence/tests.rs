//! The examples of RFC 5545 (3.8.5.3) that are of whole days, what it says besides, and random rules beside the crate `rrule`.
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rrule::RRuleSet;

use super::{Rule, Work};

const SPAN: (Date, Date) = (date(1997, 1, 1), date(2030, 12, 31));

fn found(rule: &str, start: Date) -> Vec<Date> {
    rule.parse::<Rule>().unwrap().dates(start, SPAN.0, SPAN.1, &mut Work(10_000_000)).unwrap()
}

/// `1997-09-02 09-03 1998-01-01`: the year is said where it changes. The dates are the first, or all where `.` ends them.
fn check(start: &str, rule: &str, dates: &str) {
    let (mut expected, mut year) = (Vec::new(), "");
    for text in dates.trim_end_matches('.').split_whitespace() {
        let month_and_day = if text.len() == 10 { &text[5..] } else { text };
        year = if text.len() == 10 { &text[..4] } else { year };
        expected.push(format!("{year}-{month_and_day}").parse::<Date>().unwrap());
    }
    let found = found(rule, start.parse().unwrap());
    let first = if dates.ends_with('.') { &found[..] } else { &found[..expected.len()] };
    assert_eq!(first, expected, "{rule} from {start}");
}

#[test]
fn the_examples_of_the_standard() {
    let september = "1997-09-02";
    check(september, "FREQ=DAILY;COUNT=4", "1997-09-02 09-03 09-04 09-05.");
    check("1997-12-21", "FREQ=DAILY;UNTIL=19971224T000000Z", "1997-12-21 12-22 12-23 12-24.");
    check(september, "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02 09-12 09-22 10-02 10-12.");
    for every_day in ["FREQ=YEARLY;UNTIL=20000131;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", "FREQ=DAILY;UNTIL=20000131;BYMONTH=1"] {
        assert_eq!(found(every_day, date(1998, 1, 1)).len(), 93);
    }
    check(september, "FREQ=WEEKLY;COUNT=5", "1997-09-02 09-09 09-16 09-23 09-30.");
    check(september, "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02 09-16 09-30 10-14 10-28 11-11");
    check(september, "FREQ=WEEKLY;UNTIL=19971007;WKST=SU;BYDAY=TU,TH", "1997-09-02 09-04 09-09 09-11 09-16 09-18 09-23 09-25 09-30 10-02 10-07.");
    check("1997-09-01", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR", "1997-09-01 09-03 09-05 09-15 09-17 09-19 09-29");
    check(september, "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997-09-02 09-04 09-16 09-18 09-30 10-02 10-14 10-16.");
    check("1997-09-05", "FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "1997-09-05 10-03 11-07 12-05.");
    check("1997-09-07", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997-09-07 09-28 11-02 11-30 1998-01-04 01-25 03-01 03-29 05-03 05-31.");
    check("1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997-09-22 10-20 11-17 12-22 1998-01-19 02-16.");
    check("1997-09-28", "FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28 10-29 11-28 12-29 1998-01-29 02-26");
    check(september, "FREQ=MONTHLY;COUNT=5;BYMONTHDAY=2,15", "1997-09-02 09-15 10-02 10-15 11-02.");
    check("1997-09-30", "FREQ=MONTHLY;COUNT=6;BYMONTHDAY=1,-1", "1997-09-30 10-01 10-31 11-01 11-30 12-01.");
    check(
        "1997-09-10",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09-10 09-11 09-12 09-13 09-14 09-15 1999-03-10 03-11 03-12 03-13.",
    );
    check(september, "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "1997-09-02 09-09 09-16 09-23 09-30 11-04 11-11 11-18 11-25 1998-01-06");
    check("1997-06-10", "FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "1997-06-10 07-10 1998-06-10 07-10.");
    check("1997-03-10", "FREQ=YEARLY;INTERVAL=2;COUNT=5;BYMONTH=1,2,3", "1997-03-10 1999-01-10 02-10 03-10 2001-01-10.");
    check("1997-01-01", "FREQ=YEARLY;INTERVAL=3;COUNT=7;BYYEARDAY=1,100,200", "1997-01-01 04-10 07-19 2000-01-01 04-09 07-18 2003-01-01.");
    check("1997-05-19", "FREQ=YEARLY;BYDAY=20MO", "1997-05-19 1998-05-18 1999-05-17");
    check("1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12 1998-05-11 1999-05-17");
    check("1997-03-13", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13 03-20 03-27 1998-03-05");
    check("1997-06-05", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", "1997-06-05 06-12 06-19 06-26 07-03");
    check(september, "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998-02-13 03-13 11-13 1999-08-13 2000-10-13");
    check("1997-09-13", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13 10-11 11-08 12-13 1998-01-10 02-07 03-07");
    check("1996-11-05", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "2000-11-07 2004-11-02");
    check("1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04 10-07 11-06.");
    check("1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29 10-30 11-27 12-30 1998-01-29 02-26 03-30");
    check("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05 08-10 08-19 08-24.");
    check("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05 08-17 08-19 08-31.");
    check("2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15 01-30 02-15 03-15 03-30.");
}

/// Where the standard is followed and `rrule` goes another way.
#[test]
fn what_the_standard_says_besides() {
    check("2026-05-13", "FREQ=YEARLY;COUNT=3;BYWEEKNO=20", "2026-05-13 2027-05-19 2028-05-17.");
    check("2026-01-05", "FREQ=MONTHLY;COUNT=7;BYDAY=MO,2TU", "2026-01-05 01-12 01-13 01-19 01-26 02-02 02-09.");
    check("2026-01-07", "FREQ=WEEKLY;COUNT=2;BYDAY=MO,WE,FR;BYSETPOS=1", "2026-01-12 01-19.");
    check("1998-01-01", "FREQ=YEARLY;COUNT=6;BYWEEKNO=52;BYDAY=TH;WKST=FR", "1998-01-01 12-31 1999-12-30 2000-12-28 2001-12-27 2003-01-02.");
    check("2024-02-29", "FREQ=YEARLY;COUNT=2", "2024-02-29 2028-02-29.");
    check("2026-12-28", "freq=yearly;byweekno=-1,1;byday=mo;count=3;", "2026-12-28 2027-01-04 12-27.");
}

#[test]
fn what_is_no_rule_is_refused() {
    for text in [
        "",
        "COUNT=1",
        "FREQ=HOURLY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20260101",
        "FREQ=DAILY;UNTIL=2026",
        "FREQ=DAILY;BYHOUR=1",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;BYDAY=1MO",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYYEARDAY=1",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=YEARLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYDAY=0MO",
        "FREQ=YEARLY;BYDAY=1,MO",
        "FREQ=YEARLY;BYDAY=é",
        "FREQ=YEARLY;WKST=XX",
    ] {
        assert!(text.parse::<Rule>().is_err(), "{text}");
    }
}

#[test]
fn work_is_bounded() {
    let dates = |rule: &str, start: Date, work: u32| rule.parse::<Rule>().unwrap().dates(start, SPAN.0, SPAN.1, &mut Work(work));
    let beginning = date(1, 1, 1);
    assert_eq!(dates("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", beginning, 2000).unwrap(), []);
    assert_eq!(dates("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25", beginning, 2000).unwrap().len(), 34);
    assert_eq!(dates("FREQ=DAILY;COUNT=4294967295", beginning, 800_000).unwrap().len(), 12_418);
    assert!(dates("FREQ=DAILY;COUNT=4294967295", beginning, 700_000).is_err());
    assert_eq!(dates("FREQ=YEARLY;INTERVAL=4294967295", date(2000, 1, 1), 2000).unwrap(), [date(2000, 1, 1)]);
    let end = "FREQ=WEEKLY;BYDAY=FR".parse::<Rule>().unwrap().dates(Date::MAX, Date::MAX, Date::MAX, &mut Work(2000));
    assert_eq!(end.unwrap(), [Date::MAX]);
}

/// What `rrule` finds, up to its end.
fn oracle(rule: &str, start: Date) -> Vec<Date> {
    let midnight = |date: Date| date.strftime("%Y%m%dT000000Z").to_string();
    let bound = |date: Date| *format!("DTSTART:{}\nRRULE:FREQ=DAILY;COUNT=1", midnight(date)).parse::<RRuleSet>().unwrap().get_dt_start();
    let set: RRuleSet = format!("DTSTART:{}\nRRULE:{rule}", midnight(start)).parse().unwrap();
    let all = set.after(bound(SPAN.0)).before(bound(SPAN.1)).all(u16::MAX).dates;
    all.iter().map(|at| at.format("%Y-%m-%d").to_string().parse().unwrap()).collect()
}

fn part(name: &'static str, item: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    let list = prop::collection::btree_set(item, 1..4).prop_map(move |items| format!(";{name}={}", items.into_iter().collect::<Vec<_>>().join(",")));
    prop_oneof![2 => Just(String::new()), 1 => list].boxed()
}

fn number(least: i16, most: i16) -> impl Strategy<Value = String> {
    (least..=most).prop_filter_map("0 is none", |number| (number != 0).then(|| number.to_string()))
}

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Weekdays all numbered or none: `rrule` takes only days that are both.
fn weekdays(most: i16) -> BoxedStrategy<String> {
    let plain = part("BYDAY", prop::sample::select(&WEEKDAYS[..]).prop_map(str::to_owned));
    let numbered = (number(-most, most), prop::sample::select(&WEEKDAYS[..])).prop_map(|(number, day)| format!("{number}{day}"));
    prop_oneof![plain, part("BYDAY", numbered)].boxed()
}

/// The parts that a frequency may have.
fn any_parts() -> impl Strategy<Value = String> {
    let plain = || part("BYDAY", prop::sample::select(&WEEKDAYS[..]).prop_map(str::to_owned));
    let one = || prop::sample::select(&WEEKDAYS[..]);
    let (months, month_days, year_days) =
        (|| part("BYMONTH", number(1, 12)), || part("BYMONTHDAY", number(-31, 31)), || part("BYYEARDAY", number(-366, 366)));
    // With a weekday, and of the weeks those that `rrule` knows by each of their numbers: at a year's ends it miscounts 52 and 53.
    let weeks = prop::collection::btree_set(number(-51, 51), 1..4).prop_map(|weeks| weeks.into_iter().collect::<Vec<_>>().join(","));
    prop_oneof![
        (months(), month_days(), plain()).prop_map(|(a, b, c)| format!("FREQ=DAILY{a}{b}{c}")),
        (months(), plain()).prop_map(|(a, b)| format!("FREQ=WEEKLY{a}{b}")),
        (months(), month_days(), weekdays(4)).prop_map(|(a, b, c)| format!("FREQ=MONTHLY{a}{b}{c}")),
        (months(), month_days(), weekdays(4)).prop_map(|(a, b, c)| format!("FREQ=YEARLY{a}{b}{c}")),
        (year_days(), month_days(), weekdays(52)).prop_map(|(a, b, c)| format!("FREQ=YEARLY{a}{b}{c}")),
        (months(), weeks, one()).prop_map(|(a, b, c)| format!("FREQ=YEARLY{a};BYWEEKNO={b};BYDAY={c}")),
    ]
}

fn any_end() -> impl Strategy<Value = String> {
    let until = (2000_i16..2020, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| format!(";UNTIL={year}{month:02}{day:02}T000000Z"));
    prop_oneof![Just(String::new()), (1_u32..40).prop_map(|count| format!(";COUNT={count}")), until]
}

proptest! {
    #[test]
    fn as_another_implementation_finds(parts in any_parts(), interval in 1_u8..6, end in any_end(), positions in part("BYSETPOS", number(-6, 6)),
        week_start in prop::sample::select(&WEEKDAYS[..]), year in 1990_i16..2000, day in 0_i64..365,
    ) {
        // `rrule` takes the positions of the first week from the start on, not from that week's first day.
        let positions = if parts.contains(";BY") && !parts.contains("WEEKLY") { positions } else { String::new() };
        let rule = format!("{parts};INTERVAL={interval};WKST={week_start}{positions}{end}");
        let start = date(year, 1, 1).saturating_add(jiff::Span::new().days(day));
        prop_assert_eq!(found(&rule, start), oracle(&rule, start), "{} from {}", rule, start);
    }
}
