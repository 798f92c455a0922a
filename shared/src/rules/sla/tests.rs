use std::collections::HashMap;

use jiff::tz::TimeZone;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::rules::calendar::{Calendar, Written};

fn at(text: &str) -> Timestamp {
    format!("2026-01-{text}Z").parse().unwrap()
}

fn definition(number: u128, metric: Metric, priorities: &[i64]) -> Definition {
    Definition {
        id: Uuid::from_u128(number),
        name: format!("number {number}"),
        kind: Kind::Sla,
        metric,
        conditions: Conditions::from([("priority".to_owned(), priorities.iter().map(|priority| json!(priority)).collect())]),
        goal: Goal::Duration(book::OpenTime { seconds: 4 * 3600 }),
        calendar_id: Uuid::nil(),
        active: true,
        version: 1,
    }
}

fn book() -> Book {
    let hours: Written =
        serde_json::from_value(json!({"hours": {"mon": [["00:00", "24:00"]], "tue": [["00:00", "24:00"]], "wed": [["00:00", "24:00"]],
        "thu": [["00:00", "24:00"]], "fri": [["00:00", "24:00"]], "sat": [["00:00", "24:00"]], "sun": [["00:00", "24:00"]]}}))
        .unwrap();
    let definitions = vec![
        definition(1, Metric::Resolution, &[1]),
        definition(2, Metric::Resolution, &[1, 2, 3, 4, 5]),
        definition(3, Metric::Response, &[1, 2, 3, 4, 5]),
        definition(4, Metric::Update, &[1, 2, 3, 4, 5]),
    ];
    let calendar = Calendar::new(TimeZone::UTC, &hours).unwrap();
    Book { version: 1, definitions, calendars: HashMap::from([(Uuid::nil(), (1, calendar))]), priorities: HashMap::new() }
}

/// A ticket that is written again and again.
struct Life {
    book: Book,
    rows: Vec<Row>,
    states: Vec<(Timestamp, State)>,
    priority: i64,
    responded_at: Option<Timestamp>,
    resolved_at: Option<Timestamp>,
}

impl Life {
    fn new() -> Self {
        let mut life = Self { book: book(), rows: Vec::new(), states: Vec::new(), priority: 3, responded_at: None, resolved_at: None };
        life.write("05T08:00:00", State::New, None);
        life
    }

    fn write(&mut self, now: &str, state: State, said: Option<Said>) -> Option<Timestamp> {
        let now = at(now);
        if self.states.last().is_none_or(|(_, last)| *last != state) {
            self.states.push((now, state));
        }
        match state {
            State::Resolved => self.resolved_at = self.resolved_at.or(Some(now)),
            State::Closed => {}
            _ => self.resolved_at = None,
        }
        let ticket = json!({"kind": "incident", "priority": self.priority, "opened_at": at("05T08:00:00"), "resolved_at": self.resolved_at});
        let moment = Moment { now, ticket: &ticket, state, states: &self.states, responded_at: self.responded_at, said };
        let stepped = step(&self.book, &self.rows, &moment);
        for row in stepped.changed {
            self.rows.retain(|known| known.sla_id != row.sla_id);
            self.rows.push(row);
        }
        if said == Some(Said::Agent) {
            self.responded_at = self.responded_at.or(Some(now));
        }
        stepped.due_at
    }

    fn row(&self, number: u128) -> &Row {
        self.rows.iter().find(|row| row.sla_id == Uuid::from_u128(number)).unwrap()
    }

    fn stage(&self, number: u128) -> Option<Stage> {
        self.rows.iter().find(|row| row.sla_id == Uuid::from_u128(number)).map(|row| row.stage)
    }
}

use State::{Canceled, Closed, InProgress, OnHold, Resolved};

#[test]
fn the_first_definition_by_position_attaches() {
    let mut life = Life::new();
    assert_eq!((life.stage(1), life.stage(2), life.stage(3), life.stage(4)), (None, Some(Stage::InProgress), Some(Stage::InProgress), None));
    assert_eq!(life.row(2).due_at, Some(at("05T12:00:00")));
    assert_eq!((life.row(2).half_at, life.row(2).late_at), (Some(at("05T10:00:00")), Some(at("05T11:00:00"))));
    life.priority = 1;
    life.write("05T09:00:00", InProgress, None);
    // The other one does not match any more; this one starts when the ticket was opened.
    assert_eq!((life.stage(1), life.stage(2)), (Some(Stage::InProgress), Some(Stage::Canceled)));
    assert_eq!(life.row(1).started_at, at("05T08:00:00"));
    life.priority = 3;
    life.write("05T09:30:00", InProgress, None);
    assert_eq!((life.stage(1), life.stage(2)), (Some(Stage::Canceled), Some(Stage::InProgress)));
    assert_eq!((life.rows.len(), life.row(2).due_at), (3, Some(at("05T12:00:00"))));
}

#[test]
fn a_hold_is_a_pause_and_a_new_match_keeps_it() {
    let mut life = Life::new();
    assert_eq!(life.write("05T09:00:00", OnHold, None), None);
    assert_eq!((life.row(2).stage, life.row(2).due_at, life.row(2).remind_at), (Stage::Paused, None, None));
    assert_eq!(life.write("05T10:00:00", InProgress, None), Some(at("05T13:00:00")));
    assert_eq!((life.row(2).paused_seconds, life.row(2).original_due_at), (3600, Some(at("05T12:00:00"))));
    life.priority = 1;
    life.write("05T10:30:00", InProgress, None);
    assert_eq!((life.row(1).due_at, life.row(1).paused_seconds), (Some(at("05T13:00:00")), 3600));
}

#[test]
fn resolved_is_met_and_reopened_was_a_pause() {
    let mut life = Life::new();
    life.write("05T09:00:00", InProgress, Some(Said::Agent));
    life.write("05T10:00:00", Resolved, None);
    assert_eq!((life.stage(2), life.row(2).stopped_at), (Some(Stage::Completed), Some(at("05T10:00:00"))));
    assert_eq!(life.write("06T10:00:00", InProgress, None), Some(at("06T12:00:00")));
    assert_eq!((life.row(2).stage, life.row(2).stopped_at, life.row(2).breached_at), (Stage::InProgress, None, None));
    assert!(life.row(2).marks.iter().any(|mark| mark.pause == Some(Pause::Resolved)));
    assert_eq!(life.row(2).measured(&life.book, at("06T11:00:00")).unwrap().percent, Some(75.0));
    life.write("06T13:00:00", Resolved, None);
    assert_eq!(life.row(2).breached_at, Some(at("06T12:00:00")));
    life.write("07T13:00:00", Closed, None);
    assert_eq!(life.stage(2), Some(Stage::Completed));
}

#[test]
fn a_response_is_an_agents_and_an_update_has_cycles() {
    let mut life = Life::new();
    life.write("05T08:30:00", State::New, Some(Said::Caller));
    assert_eq!((life.stage(3), life.stage(4)), (Some(Stage::InProgress), None));
    life.write("05T09:00:00", InProgress, Some(Said::Agent));
    assert_eq!((life.stage(3), life.stage(4)), (Some(Stage::Completed), None));
    life.write("05T10:00:00", InProgress, Some(Said::Caller));
    life.write("05T10:30:00", InProgress, Some(Said::Caller));
    assert_eq!((life.row(4).started_at, life.row(4).cycle, life.row(4).due_at), (at("05T10:00:00"), 1, Some(at("05T14:00:00"))));
    life.write("05T15:00:00", InProgress, Some(Said::Agent));
    assert_eq!((life.row(4).stage, life.row(4).breached_at), (Stage::Completed, Some(at("05T14:00:00"))));
    life.write("06T10:00:00", InProgress, Some(Said::Caller));
    assert_eq!((life.row(4).stage, life.row(4).cycle, life.row(4).breached_at, life.row(4).reminded), (Stage::InProgress, 2, None, 0));
}

#[test]
fn a_ticket_is_due_by_what_its_caller_was_promised() {
    let mut life = Life::new();
    for kind in [Kind::Ola, Kind::UnderpinningContract] {
        life.book.definitions[2].kind = kind;
        life.book.definitions[2].goal = Goal::Duration(book::OpenTime { seconds: 60 });
        assert_eq!(life.write("05T08:00:30", State::New, None), Some(at("05T12:00:00")));
    }
    assert_eq!(life.row(3).due_at, Some(at("05T08:01:00")), "the other one has a time of its own");
    life.book.definitions[1].kind = Kind::Ola;
    assert_eq!(life.write("05T08:00:40", State::New, None), None);
}

#[test]
fn what_is_revived_was_told_already_and_a_new_cycle_was_not() {
    let mut life = Life::new();
    life.write("05T08:30:00", InProgress, Some(Said::Agent));
    life.write("05T09:00:00", InProgress, Some(Said::Caller));
    for row in &mut life.rows {
        row.reminded = 75;
    }
    life.priority = 1;
    life.book.definitions[3].conditions = life.book.definitions[0].conditions.clone();
    life.write("05T11:30:00", InProgress, None);
    life.priority = 3;
    life.write("05T11:40:00", InProgress, None);
    assert_eq!((life.row(2).stage, life.row(2).reminded, life.row(2).remind_at), (Stage::InProgress, 75, Some(at("05T12:00:00"))));
    assert_eq!(life.stage(4), Some(Stage::Canceled));
    life.priority = 1;
    life.write("05T11:50:00", InProgress, Some(Said::Caller));
    assert_eq!((life.row(4).stage, life.row(4).reminded), (Stage::InProgress, 0));
}

#[test]
fn nothing_outlives_the_ticket() {
    let mut life = Life::new();
    life.write("05T09:00:00", Resolved, None);
    assert_eq!((life.row(3).stage, life.row(3).paused_since), (Stage::Paused, Some(at("05T09:00:00"))));
    life.write("12T09:00:00", Closed, None);
    assert_eq!((life.row(3).stage, life.row(3).stopped_at), (Stage::Completed, Some(at("05T09:00:00"))));
    let mut canceled = Life::new();
    assert_eq!(canceled.write("05T09:00:00", Canceled, None), None);
    assert_eq!((canceled.stage(2), canceled.stage(3)), (Some(Stage::Canceled), Some(Stage::Canceled)));
}

#[test]
fn a_breach_before_a_pause_is_one_and_is_told_although_it_is_over() {
    let mut life = Life::new();
    life.write("05T13:00:00", OnHold, None);
    let row = life.row(2);
    assert_eq!((row.stage, row.breached_at, row.remind_at), (Stage::Paused, Some(at("05T12:00:00")), Some(at("05T12:00:00"))));
}

#[test]
fn a_write_that_changes_nothing_writes_nothing() {
    let mut life = Life::new();
    let before = life.rows.clone();
    life.write("05T08:10:00", State::New, None);
    assert_eq!(life.rows, before);
    life.book.definitions[1].active = false;
    life.write("05T08:20:00", State::New, None);
    assert_eq!(life.stage(2), Some(Stage::Canceled));
}

#[test]
fn business_days_are_due_by_the_clock_on_the_wall_and_pauses_move_them() {
    let mut life = Life::new();
    life.book.definitions[1].goal = Goal::Days(book::BusinessDays { business_days: 2, end_of_day: false });
    assert_eq!(life.write("05T08:10:00", InProgress, None), Some(at("05T12:00:00")), "the response is nearer");
    assert_eq!(life.row(2).due_at, Some(at("07T08:00:00")));
    life.write("05T09:00:00", OnHold, None);
    life.write("05T11:00:00", InProgress, None);
    assert_eq!(life.row(2).due_at, Some(at("07T10:00:00")));
}

/// The worked example of docs/SLA.md.
#[test]
fn the_table_of_the_documentation() {
    let mut life = Life::new();
    let percent = |life: &Life, now: &str| life.row(2).measured(&life.book, at(now)).unwrap().percent.unwrap();
    assert_eq!((life.row(2).due_at, percent(&life, "05T08:00:00")), (Some(at("05T12:00:00")), 0.0));
    life.write("05T09:00:00", OnHold, None);
    assert_eq!((life.row(2).due_at, percent(&life, "05T09:30:00")), (None, 25.0));
    life.write("05T10:00:00", InProgress, None);
    assert_eq!((life.row(2).due_at, percent(&life, "05T10:00:00")), (Some(at("05T13:00:00")), 25.0));
    life.write("05T11:00:00", Resolved, None);
    assert_eq!((life.row(2).stage, percent(&life, "05T20:00:00")), (Stage::Completed, 50.0));
    life.write("06T10:00:00", InProgress, None);
    assert_eq!((life.row(2).due_at, life.row(2).late_at), (Some(at("06T12:00:00")), Some(at("06T11:00:00"))));
    assert_eq!((percent(&life, "06T11:00:00"), percent(&life, "06T12:00:00")), (75.0, 100.0));
}
