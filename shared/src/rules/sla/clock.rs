//! The times of a row: when it is due, when to remind, and how much of its goal is over.
use jiff::Timestamp;
use serde::Serialize;

use super::book::{Book, Definition};
use super::row::{Row, Stage};
use crate::rules::calendar::Calendar;

/// How much is over and how much is left, at some time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measured {
    /// Open time that is over, pauses left out.
    pub elapsed_seconds: i64,
    /// Open time that is left; below zero once it is breached.
    pub remaining_seconds: Option<i64>,
    /// Of the goal, in hundredths.
    pub percent: Option<f64>,
}

/// Sets what follows from the rest of a row.
pub(super) fn set(row: &mut Row, book: &Book, now: Timestamp) {
    let found = book.definition(row.sla_id).and_then(|definition| Some((definition, book.calendar(definition)?)));
    if let Some((definition, (version, calendar))) = found.filter(|_| row.is_standing()) {
        (row.sla_version, row.calendar_version) = (definition.version, *version);
        row.original_due_at = row.original_due_at.or_else(|| definition.goal.reached(calendar, row.started_at).map(|(due, _)| due));
        let pauses = row.pauses();
        let at = |part| (row.stage == Stage::InProgress).then(|| due(definition, calendar, row.started_at, &pauses, part)).flatten();
        (row.half_at, row.late_at, row.due_at) = (at(50), at(75), at(100));
        row.note_breach(now);
    }
    row.remind_at = row.next_reminder();
}

/// When so many hundredths of the goal are over.
fn due(definition: &Definition, calendar: &Calendar, start: Timestamp, pauses: &[(Timestamp, Timestamp)], part: i64) -> Option<Timestamp> {
    let (unpaused, goal) = definition.goal.reached(calendar, start)?;
    if part == 100 {
        // A time of day can lie outside of the hours; only a pause in open time moves it to where open time counts.
        let before: Vec<_> = pauses.iter().map(|(from, to)| (*from, (*to).min(unpaused))).collect();
        if calendar.micros(start, unpaused, &before) == calendar.micros(start, unpaused, &[]) {
            return Some(unpaused);
        }
        return calendar.due(start, goal, pauses).map(|due| due.max(unpaused));
    }
    calendar.due(start, goal * part / 100, pauses)
}

impl Row {
    /// When there is something to say that was not said. While paused there is not; a breach is told even if the clock has stopped since.
    fn next_reminder(&self) -> Option<Timestamp> {
        match (self.breached_at, self.stage) {
            (Some(breached), _) if self.reminded < 100 => Some(breached),
            (None, Stage::InProgress) => {
                let times = [(50, self.half_at), (75, self.late_at), (100, self.due_at)];
                times.into_iter().filter(|(percent, _)| *percent > self.reminded).find_map(|(_, at)| at)
            }
            _ => None,
        }
    }

    /// Breached where that is past, and nothing of what is past will be told any more: an import is silent.
    pub fn settle(&mut self, now: Timestamp) {
        self.note_breach(now);
        let times = [(50, self.half_at), (75, self.late_at), (100, self.breached_at)];
        let passed = times.into_iter().filter(|(_, at)| at.is_some_and(|at| at <= now)).map(|(percent, _)| percent);
        self.reminded = passed.fold(self.reminded, i16::max);
        if self.breached_at.is_some() {
            self.reminded = 100;
        }
        self.remind_at = self.next_reminder();
    }

    /// How much of the goal is over at `now`, or was when the clock stopped.
    pub fn measured(&self, book: &Book, now: Timestamp) -> Option<Measured> {
        let definition = book.definition(self.sla_id)?;
        let (_, calendar) = book.calendar(definition)?;
        let until = self.stopped_at.or(self.paused_since).unwrap_or(now);
        let elapsed = calendar.micros(self.started_at, until, &self.pauses());
        let goal = definition.goal.reached(calendar, self.started_at).map(|(_, goal)| goal);
        let percent = goal.map(|goal| if goal == 0 { 100.0 } else { (elapsed as f64 * 10_000.0 / goal as f64).round() / 100.0 });
        Some(Measured {
            elapsed_seconds: elapsed.div_euclid(1_000_000),
            remaining_seconds: goal.map(|goal| (goal - elapsed).div_euclid(1_000_000)),
            percent,
        })
    }
}
