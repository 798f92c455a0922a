//! The clocks of an imported incident, computed version by version as they would have been, and silent.
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::rules::lifecycle::State;
use shared::rules::sla::{Book, Row};
use shared::slas::Facts;

use super::log::Incident;
use super::plan::Names;
use super::replay::{Ticket, versions};

/// Its rows in the end, and `due_at`.
pub(super) fn of(book: &Book, incident: &Incident, names: &Names<'_>) -> (Vec<Row>, String) {
    let (mut facts, mut due): (Facts, Option<Timestamp>) = (Facts::default(), None);
    let versions = versions(incident, names);
    // What the log shows first when it was over already was open once: since it was opened, whatever the log left out.
    let was_over = |(_, ticket): &&(Timestamp, Ticket)| [State::Resolved, State::Closed].iter().any(|state| ticket["state"] == state.name());
    let opening = versions.first().filter(was_over).and_then(|(_, ticket)| {
        let mut opened = ticket.clone();
        opened.insert("updated_at".to_owned(), ticket["opened_at"].clone());
        opened.insert("state".to_owned(), json!(State::New));
        opened.insert("resolved_at".to_owned(), Value::Null);
        Some((ticket["opened_at"].as_str()?.parse().ok()?, opened))
    });
    for (at, ticket) in opening.into_iter().chain(versions) {
        let ticket = Value::Object(ticket);
        let stepped = facts.stepped(book, &ticket, None, at);
        facts.note(&ticket, at);
        due = stepped.due_at;
        for row in stepped.changed {
            facts.rows.retain(|known| known.sla_id != row.sla_id);
            facts.rows.push(row);
        }
    }
    let now = shared::app::now();
    for row in &mut facts.rows {
        row.settle(now);
    }
    (facts.rows, due.map_or_else(|| "infinity".to_owned(), |due| due.to_string()))
}
