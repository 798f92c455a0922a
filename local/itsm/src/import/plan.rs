//! What is to be done with a batch of incidents, seeing what the desk has of them.
use std::collections::{HashMap, HashSet};

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::rules::sla::{self, Book};
use uuid::Uuid;

use super::log::Incident;
use super::matrix::Matrix;
use super::met::{self, Met, UNKNOWN, email};
use super::replay::{Event, Ticket, int, replay};
use super::row::Row;
use super::standing;
use super::summary::{Refused, Summary};
use super::value;

/// What every batch is planned with.
pub(super) struct Desk {
    pub(super) matrix: Matrix,
    pub(super) book: Book,
    /// Addresses of those who are requesters.
    pub(super) callers: HashSet<String>,
}

/// What the desk has already.
#[derive(Debug, Deserialize)]
pub(super) struct Found {
    /// By number.
    pub(super) tickets: HashMap<String, Known>,
    /// Name to id.
    teams: HashMap<String, Uuid>,
    /// Address to id, where it is not the one that the address gives.
    people: HashMap<String, Uuid>,
}

/// A ticket that has one of the log's numbers.
#[derive(Debug, Deserialize)]
pub(super) struct Known {
    ticket: Ticket,
    /// (at, `sys_mod_count`) of its first versions, as many as `custom.servicenow.versions` says were imported.
    taken: Vec<(String, Option<i64>)>,
}

/// Ids of whom and what the log names.
pub(super) struct Names<'a> {
    pub(super) matrix: &'a Matrix,
    found: &'a Found,
}

/// One incident's part of a statement.
pub(super) struct Part<'a> {
    pub(super) number: &'a str,
    pub(super) ticket: Ticket,
    /// The version that an update is guarded by; none for a new ticket.
    pub(super) before: Option<i64>,
    pub(super) events: Vec<Event>,
    /// Where it stands with what was promised, from its first version on.
    pub(super) slas: Vec<sla::Row>,
    pub(super) rows: Vec<&'a Row>,
}

/// A statement's incidents, and those that have nothing new.
pub(super) struct Batch<'a> {
    incidents: &'a [Incident],
    pub(super) parts: Vec<Part<'a>>,
    pub(super) desk: &'a Desk,
}

impl Names<'_> {
    pub(super) fn person(&self, name: &str) -> Uuid {
        let email = email(name);
        self.found.people.get(&email).copied().unwrap_or_else(|| met::id(&email))
    }

    pub(super) fn team(&self, name: &str) -> Uuid {
        self.found.teams.get(name).copied().unwrap_or_else(|| met::id(&format!("team {name}")))
    }

    /// Whoever the row names first, for a field that must name somebody.
    pub(super) fn somebody(&self, row: &Row) -> Uuid {
        self.person(row.people().next().unwrap_or(UNKNOWN))
    }
}

impl Known {
    /// Whether all of it came from such a log, and nobody changed it here.
    fn is_imported(&self) -> bool {
        !self.taken.is_empty()
    }

    fn is_untouched(&self) -> bool {
        self.ticket["custom"]["servicenow"]["versions"] == self.ticket["version"]
    }

    fn has(&self, row: &Row) -> bool {
        self.taken.contains(&(value::json(row.updated_at), Some(row.sys_mod_count)))
    }

    fn is_before(&self, row: &Row) -> bool {
        self.taken.iter().max().is_none_or(|last| *last < (value::json(row.updated_at), Some(row.sys_mod_count)))
    }

    /// Why a version that is not there cannot be added.
    fn refusal(&self, row: &Row) -> Option<String> {
        let number = &row.number;
        if !self.is_imported() {
            Some(format!("{number} is a ticket of this desk already, not from such a log"))
        } else if !self.is_untouched() {
            Some(format!("{number} was changed here after it was imported"))
        } else if !self.is_before(row) {
            Some(format!("{number} has later versions already, and history is not rewritten"))
        } else {
            None
        }
    }
}

impl<'a> Batch<'a> {
    /// Decides what is new; what cannot be taken goes to the summary.
    pub(super) fn plan(incidents: &'a [Incident], found: &Found, desk: &'a Desk, summary: &mut Summary) -> Result<Self> {
        let names = Names { matrix: &desk.matrix, found };
        let mut parts = Vec::new();
        for incident in incidents {
            let known = found.tickets.get(&incident.number);
            let rows = fresh(incident, known, summary);
            if let Some(missing) = rows.iter().find(|row| !desk.matrix.contains_key(&(row.impact, row.urgency))) {
                ensure!(false, "the priority matrix has no cell for impact {} and urgency {}", missing.impact, missing.urgency);
            }
            if !rows.is_empty() {
                let (mut ticket, events) = replay(incident, known.map(|known| known.ticket.clone()), &rows, &names);
                let before = known.map(|known| int(&known.ticket, "version"));
                let (slas, due_at) = standing::of(&desk.book, incident, &names);
                ticket.insert("due_at".into(), json!(due_at));
                parts.push(Part { number: &incident.number, ticket, before, events, slas, rows });
            }
        }
        Ok(Self { incidents, parts, desk })
    }

    /// Our counters against the log's, where the log's last version is ours too.
    pub(super) fn compare(&self, found: &Found, summary: &mut Summary) {
        for incident in self.incidents {
            let Some(last) = incident.versions.last() else { continue };
            let written = self.parts.iter().find(|part| part.number == incident.number).map(|part| &part.ticket);
            let known = found.tickets.get(&incident.number).filter(|known| known.is_imported() && known.is_untouched()).map(|known| &known.ticket);
            let at = value::json(last.updated_at);
            let Some(ticket) = written.or(known).filter(|ticket| ticket["updated_at"] == at) else { continue };
            if let Some(part) = self.parts.iter().find(|part| part.number == incident.number) {
                summary.add_clocks(&self.desk.book, &part.slas);
            }
            summary.closed += usize::from(ticket["state"] == "closed");
            summary.reopen_count.add(&incident.number, int(ticket, "reopen_count"), last.reopen_count);
            summary.reassignment_count.add(&incident.number, int(ticket, "reassignment_count"), last.reassignment_count);
            if let Some(priority) = last.priority {
                summary.priority.add(&incident.number, int(ticket, "priority"), priority);
            }
        }
    }
}

/// The incident's rows that are to be added.
fn fresh<'a>(incident: &'a Incident, known: Option<&Known>, summary: &mut Summary) -> Vec<&'a Row> {
    let Some(known) = known else { return incident.versions.iter().collect() };
    let mut rows = Vec::new();
    for row in &incident.versions {
        if known.has(row) {
            summary.versions_already_there += 1;
        } else if let Some(reason) = known.refusal(row) {
            summary.refused.push(Refused { line: row.line, reason });
        } else {
            rows.push(row);
        }
    }
    rows
}

/// The parts as the statement's one parameter. Events in the order of time, each incident's by version.
pub(super) fn to_json(parts: &[Part<'_>], desk: &Desk) -> Value {
    let mut batch = Met::of(parts.iter().flat_map(|part| part.rows.iter().copied())).to_json(&desk.callers);
    let mut events: Vec<&Event> = parts.iter().flat_map(|part| &part.events).collect();
    events.sort_by(|a, b| a.at.cmp(&b.at));
    let tickets = |new: bool| parts.iter().filter(move |part| part.before.is_none() == new).map(|part| &part.ticket).collect::<Vec<_>>();
    batch["new"] = serde_json::json!(tickets(true));
    batch["continued"] = serde_json::json!(tickets(false));
    batch["before"] = parts.iter().filter_map(|part| Some((part.number.to_owned(), Value::from(part.before?)))).collect();
    batch["slas"] = parts.iter().map(|part| json!({"id": part.ticket["id"], "rows": part.slas})).collect();
    batch["events"] = serde_json::json!(events);
    batch
}
