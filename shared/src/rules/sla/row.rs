//! One row of `ticket_slas`: where a ticket stands with one definition, and the marks of how it came there.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SlaStage)]
pub enum Stage {
    /// The clock runs.
    InProgress,
    /// It does not, for now.
    Paused,
    /// What was promised is done, in time or not.
    Completed,
    /// The definition does not match any more, or the ticket was canceled.
    Canceled,
}

/// Why a clock does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SlaPause)]
pub enum Pause {
    /// The ticket is on hold.
    Held,
    /// It was resolved, and then reopened.
    Resolved,
}

/// What happened to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SlaMark)]
pub enum Told {
    /// It began: of an update each time.
    Started,
    /// It stopped for now.
    Paused,
    /// It runs again.
    Resumed,
    /// The due time passed.
    Breached,
    /// What was promised is done.
    Completed,
    /// It counts no more.
    Canceled,
}

/// When something happened to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What.
    pub mark: Told,
    /// Of a pause, why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
}

/// Marks that are kept: those of the current start always, older ones as far as there is room.
const KEPT: usize = 200;

/// A row, with the columns' names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The definition.
    pub sla_id: Uuid,
    /// Where it stands.
    pub stage: Stage,
    /// From when on it counts.
    pub started_at: Timestamp,
    /// When the goal is over; none while paused, and where the calendar never opens again.
    pub due_at: Option<Timestamp>,
    /// As it was before any pause.
    pub original_due_at: Option<Timestamp>,
    /// When half of the goal is over.
    pub half_at: Option<Timestamp>,
    /// When three quarters are.
    pub late_at: Option<Timestamp>,
    /// When it was completed or canceled.
    pub stopped_at: Option<Timestamp>,
    /// Since when it is paused.
    pub paused_since: Option<Timestamp>,
    /// By the clock on the wall, of pauses that are over.
    pub paused_seconds: i64,
    /// When the due time passed.
    pub breached_at: Option<Timestamp>,
    /// The last reminder: 50, 75 or 100, 0 for none yet.
    pub reminded: i16,
    /// When the next one is due.
    pub remind_at: Option<Timestamp>,
    /// Of an update, how often it started.
    pub cycle: i32,
    /// How it came here.
    pub marks: Vec<Mark>,
    /// The definition's version that it was computed with.
    pub sla_version: i64,
    /// The calendar's.
    pub calendar_version: i64,
    /// As it was read; 0 for a new one.
    pub version: i64,
}

impl Row {
    pub(super) fn new(sla_id: Uuid) -> Self {
        Self {
            sla_id,
            stage: Stage::InProgress,
            started_at: Timestamp::UNIX_EPOCH,
            due_at: None,
            original_due_at: None,
            half_at: None,
            late_at: None,
            stopped_at: None,
            paused_since: None,
            paused_seconds: 0,
            breached_at: None,
            reminded: 0,
            remind_at: None,
            cycle: 0,
            marks: Vec::new(),
            sla_version: 0,
            calendar_version: 0,
            version: 0,
        }
    }

    /// The same row for another start.
    pub(super) fn again(&self) -> Self {
        Self { marks: self.marks.clone(), cycle: self.cycle, version: self.version, ..Self::new(self.sla_id) }
    }

    /// Whether it runs or is paused.
    pub fn is_standing(&self) -> bool {
        matches!(self.stage, Stage::InProgress | Stage::Paused)
    }

    /// The pauses since the last start that are over. One between being completed and resumed is one, too.
    pub fn pauses(&self) -> Vec<(Timestamp, Timestamp)> {
        let start = self.marks.iter().rposition(|mark| mark.mark == Told::Started).unwrap_or_default();
        let (mut over, mut since) = (Vec::new(), None);
        for mark in &self.marks[start.min(self.marks.len())..] {
            match mark.mark {
                Told::Paused => since = since.or(Some(mark.at)),
                Told::Completed | Told::Canceled => {
                    over.extend(since.take().map(|from| (from, mark.at)));
                    since = Some(mark.at);
                }
                Told::Started | Told::Resumed => over.extend(since.take().map(|from| (from, mark.at))),
                Told::Breached => {}
            }
        }
        over
    }

    fn mark(&mut self, at: Timestamp, mark: Told, pause: Option<Pause>) {
        self.marks.push(Mark { at, mark, pause });
        let start = self.marks.iter().rposition(|mark| mark.mark == Told::Started).unwrap_or_default();
        let surplus = self.marks.len().saturating_sub(KEPT).min(start);
        self.marks.drain(..surplus);
    }

    pub(super) fn start(&mut self, at: Timestamp) {
        self.cycle += 1;
        self.started_at = at;
        self.mark(at, Told::Started, None);
    }

    pub(super) fn pause(&mut self, at: Timestamp, pause: Pause) {
        if self.stage == Stage::InProgress {
            self.stage = Stage::Paused;
            self.paused_since = Some(at);
            self.mark(at, Told::Paused, Some(pause));
        }
    }

    pub(super) fn resume(&mut self, at: Timestamp) {
        if self.stage == Stage::Paused {
            self.end_pause(at);
            self.stage = Stage::InProgress;
            self.mark(at, Told::Resumed, None);
        }
    }

    /// From being completed to now was a pause.
    pub(super) fn reopen(&mut self, at: Timestamp) {
        self.paused_since = self.stopped_at.take();
        self.stage = Stage::Paused;
        self.end_pause(at);
        self.stage = Stage::InProgress;
        self.mark(at, Told::Resumed, Some(Pause::Resolved));
    }

    pub(super) fn stop(&mut self, stage: Stage, at: Timestamp) {
        self.end_pause(at);
        self.stage = stage;
        self.stopped_at = Some(at);
        self.mark(at, if stage == Stage::Completed { Told::Completed } else { Told::Canceled }, None);
    }

    fn end_pause(&mut self, at: Timestamp) {
        if let Some(since) = self.paused_since.take() {
            self.paused_seconds += at.duration_since(since).as_secs().max(0);
        }
    }

    /// What passed its due time while it ran is breached, whatever becomes of it now.
    pub(super) fn note_breach(&mut self, now: Timestamp) {
        if self.stage == Stage::InProgress && self.breached_at.is_none() {
            self.breached_at = self.due_at.filter(|due| *due < now);
        }
    }
}
