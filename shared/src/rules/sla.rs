//! Where a ticket stands with what was promised: which definitions attach, when their clocks run, pause and stop.
//!
//! [`step`] is asked at each write of a ticket and answers the rows that it changes. It decides, in this order: stop condition, a
//! definition that no longer matches, pause condition, else the clock runs; then whether one that matches and has no running row attaches.
use jiff::Timestamp;
use serde_json::Value;

use super::lifecycle::State;

pub mod book;
mod clock;
mod row;
#[cfg(test)]
mod tests;

pub use book::{Book, Conditions, Definition, Goal, Kind, Metric};
pub use clock::Measured;
pub use row::{Mark, Pause, Row, Stage, Told};

/// A comment that clocks hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// A public one by somebody who works tickets and is not the caller.
    Agent,
    /// A public one by the ticket's caller.
    Caller,
}

/// A ticket at a write.
#[derive(Debug, Clone)]
pub struct Moment<'a> {
    /// When.
    pub now: Timestamp,
    /// The ticket's fields after the write.
    pub ticket: &'a Value,
    /// Its state after the write.
    pub state: State,
    /// The states that it went through, this one included, and since when.
    pub states: &'a [(Timestamp, State)],
    /// When an agent first answered, before this write.
    pub responded_at: Option<Timestamp>,
    /// What this write says.
    pub said: Option<Said>,
}

/// What a write does to a ticket's clocks.
#[derive(Debug, Clone, Default)]
pub struct Stepped {
    /// The rows that are new or changed.
    pub changed: Vec<Row>,
    /// The nearest due time of what was promised to the caller and runs. Promises between teams are not theirs to see.
    pub due_at: Option<Timestamp>,
}

/// The rows after a write, by the rows before it.
pub fn step(book: &Book, rows: &[Row], moment: &Moment<'_>) -> Stepped {
    let mut after: Vec<Row> = rows.to_vec();
    for (kind, metric) in book.pairs() {
        let winner = book.first(kind, metric, moment.ticket);
        for row in &mut after {
            if let Some(definition) = book.definition(row.sla_id).filter(|of| (of.kind, of.metric) == (kind, metric)) {
                carry_on(row, definition, winner.is_some_and(|first| first.id == definition.id), moment);
            }
        }
        let stands = |row: &Row| row.is_standing() && book.definition(row.sla_id).is_some_and(|of| (of.kind, of.metric) == (kind, metric));
        if let Some(first) = winner.filter(|first| !after.iter().any(stands) && moment.attaches(first.metric)) {
            match after.iter_mut().find(|row| row.sla_id == first.id) {
                None => after.push(attached(Row::new(first.id), first, moment)),
                // A resolution that was met stays met until the ticket is reopened, which `carry_on` has seen.
                Some(row) if metric == Metric::Update => *row = attached(row.again(), first, moment),
                // The same promise as before: what was told of it is not told again.
                Some(row) if row.stage == Stage::Canceled => *row = attached(Row { reminded: row.reminded, ..row.again() }, first, moment),
                Some(_) => {}
            }
        }
    }
    for row in &mut after {
        clock::set(row, book, moment.now);
    }
    let is_promised = |row: &&Row| row.stage == Stage::InProgress && book.definition(row.sla_id).is_some_and(|of| of.kind == Kind::Sla);
    let due_at = after.iter().filter(is_promised).filter_map(|row| row.due_at).min();
    let changed = after.into_iter().filter(|row| !rows.contains(row)).collect();
    Stepped { changed, due_at }
}

/// What becomes of a row that is there.
fn carry_on(row: &mut Row, definition: &Definition, matches: bool, moment: &Moment<'_>) {
    let stop = moment.stop(definition.metric);
    row.note_breach(if let Some(Stop::Completed(at)) = stop { at } else { moment.now });
    if row.is_standing() {
        match stop {
            Some(Stop::Completed(at)) => row.stop(Stage::Completed, at),
            Some(Stop::Canceled) => row.stop(Stage::Canceled, moment.now),
            None if !matches => row.stop(Stage::Canceled, moment.now),
            None => match moment.pause() {
                Some(pause) => row.pause(moment.now, pause),
                None => row.resume(moment.now),
            },
        }
    } else if row.stage == Stage::Completed && definition.metric == Metric::Resolution && moment.is_open() {
        // Reopened: from being resolved to now it was a pause.
        if matches {
            row.reopen(moment.now);
            if let Some(pause) = moment.pause() {
                row.pause(moment.now, pause);
            }
        } else {
            row.stop(Stage::Canceled, moment.now);
        }
    }
}

/// A row that starts: an update's with what the caller said, any other when the ticket was opened, with the pauses since.
fn attached(mut row: Row, definition: &Definition, moment: &Moment<'_>) -> Row {
    if definition.metric == Metric::Update {
        row.start(moment.now);
        if let Some(pause) = moment.pause() {
            row.pause(moment.now, pause);
        }
        return row;
    }
    row.start(moment.opened_at());
    for (at, state) in moment.states {
        match pausing(*state) {
            Some(pause) => row.pause((*at).max(row.started_at), pause),
            None => row.resume((*at).max(row.started_at)),
        }
    }
    row
}

enum Stop {
    Completed(Timestamp),
    Canceled,
}

fn pausing(state: State) -> Option<Pause> {
    match state {
        State::OnHold => Some(Pause::Held),
        State::Resolved => Some(Pause::Resolved),
        _ => None,
    }
}

impl Moment<'_> {
    fn is_open(&self) -> bool {
        matches!(self.state, State::New | State::InProgress | State::OnHold)
    }

    fn time(&self, field: &str) -> Option<Timestamp> {
        self.ticket[field].as_str()?.parse().ok()
    }

    fn opened_at(&self) -> Timestamp {
        self.time("opened_at").unwrap_or(self.now)
    }

    fn pause(&self) -> Option<Pause> {
        pausing(self.state)
    }

    /// Closing ends whatever still stands, as of when the service was restored.
    fn stop(&self, metric: Metric) -> Option<Stop> {
        let said = (self.said == Some(Said::Agent)).then_some(self.now);
        let stopped = match (self.state, metric) {
            (State::Canceled, _) => return Some(Stop::Canceled),
            (_, Metric::Response) if said.or(self.responded_at).is_some() => self.responded_at.or(said),
            (_, Metric::Update) if said.is_some() => said,
            (State::Closed, _) | (State::Resolved, Metric::Resolution) => self.time("resolved_at").or(Some(self.now)),
            _ => None,
        };
        stopped.map(Stop::Completed)
    }

    /// Whether a clock of this metric would run or pause if it began here.
    fn attaches(&self, metric: Metric) -> bool {
        let answered = self.responded_at.is_some() || self.said == Some(Said::Agent);
        self.is_open()
            && match metric {
                Metric::Response => !answered,
                Metric::Update => self.responded_at.is_some() && self.said == Some(Said::Caller),
                Metric::Resolution => true,
            }
    }
}
