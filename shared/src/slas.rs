//! The clocks of a ticket at its write: read what they are computed from, compute them, say so in the write's own statement.
//!
//! Definitions, calendars and the priority matrix change seldom, so a process keeps them ([`Shelf`]). Nothing decides that the kept page is
//! still good but the write: it names the page, and a stale one costs another try.
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::db::{Db, DbError, Param};
use crate::error::{ConstraintName, Error};
use crate::rules::calendar::{Calendar, Written};
use crate::rules::lifecycle::State;
use crate::rules::sla::{Book, Definition, Moment, Row, Said, Stepped, step};

const BOOK: &str = include_str!("../sql/sla_book.sql");

/// The page that this process knows.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<RwLock<Option<Arc<Book>>>>);

impl Shelf {
    fn known(&self) -> Option<Arc<Book>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, book: Option<Arc<Book>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = book;
    }

    /// Forgets the page: a write found it stale.
    pub fn forget(&self) {
        self.keep(None);
    }
}

/// The page that is known, or the current one.
pub async fn book(app: &App) -> Result<Arc<Book>, Error> {
    if let Some(known) = app.shelf.known() {
        return Ok(known);
    }
    let book = Arc::new(load(&app.db).await?);
    app.shelf.keep(Some(Arc::clone(&book)));
    Ok(book)
}

/// The page that a read saw, or a newer one.
pub async fn book_of(app: &App, version: i64) -> Result<Arc<Book>, Error> {
    if app.shelf.known().is_some_and(|known| known.version != version) {
        app.shelf.forget();
    }
    book(app).await
}

/// The current page.
pub async fn load(db: &Db) -> Result<Book, DbError> {
    let page: Option<Page> = db.get(BOOK, &[]).await?;
    page.and_then(|page| page.parsed().ok()).ok_or_else(|| DbError {
        sqlstate: Some("XX000".into()),
        constraint: None,
        message: "the book of SLAs cannot be read".into(),
    })
}

/// A page from its JSON, as `sla_book.sql` writes it.
pub fn parse(json: &str) -> anyhow::Result<Book> {
    serde_json::from_str::<Page>(json)?.parsed()
}

#[derive(Deserialize)]
struct Page {
    version: i64,
    definitions: Vec<Definition>,
    calendars: Vec<Stored>,
    priorities: Vec<(i64, i64, i64)>,
}

#[derive(Deserialize)]
struct Stored {
    id: Uuid,
    version: i64,
    time_zone: String,
    zone: String,
    #[serde(flatten)]
    written: Written,
}

impl Page {
    fn parsed(self) -> anyhow::Result<Book> {
        let calendar = |stored: Stored| {
            let zone = TimeZone::tzif(&stored.time_zone, &STANDARD.decode(&stored.zone)?)?;
            Ok((stored.id, (stored.version, Calendar::new(zone, &stored.written).map_err(anyhow::Error::msg)?)))
        };
        let calendars = self.calendars.into_iter().map(calendar).collect::<anyhow::Result<_>>()?;
        let priorities = self.priorities.into_iter().map(|(impact, urgency, priority)| ((impact, urgency), priority)).collect();
        Ok(Book { version: self.version, definitions: self.definitions, calendars, priorities })
    }
}

/// What `sla_facts` answers of a ticket.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Facts {
    /// The page when it was read.
    pub book: i64,
    /// Its rows.
    #[serde(default)]
    pub rows: Vec<Row>,
    /// The states it went through, and since when.
    #[serde(default)]
    pub states: Vec<(Timestamp, State)>,
    /// When an agent first answered.
    #[serde(default)]
    pub responded_at: Option<Timestamp>,
}

/// What a write does to the clocks of its ticket.
#[derive(Debug, Clone)]
pub struct Clocks {
    written: Value,
    /// `tickets.due_at`; infinity while nothing runs.
    pub due_at: String,
}

impl Facts {
    /// The ticket as it will be: `before` with the columns of `set`, and the priority that the matrix gives.
    pub fn after(book: &Book, before: &Value, set: &Map<String, Value>) -> Value {
        let mut after = before.clone();
        if let Value::Object(fields) = &mut after {
            fields.extend(set.iter().map(|(field, value)| (field.clone(), value.clone())));
        }
        if (&after["impact"], &after["urgency"]) != (&before["impact"], &before["urgency"]) {
            let level = |field: &str| after[field].as_i64().unwrap_or_default();
            after["priority"] = book.priorities.get(&(level("impact"), level("urgency"))).map_or(Value::Null, |priority| json!(priority));
        }
        after
    }

    /// What a write at `now` that leaves the ticket like this, having been read at `version`, does to its clocks.
    pub fn clocks(&self, book: &Book, version: i64, ticket: &Value, said: Option<Said>, now: Timestamp) -> Clocks {
        let stepped = self.stepped(book, ticket, said, now);
        let due_at = stepped.due_at.map_or_else(|| "infinity".to_owned(), |due| due.to_string());
        Clocks { written: json!({"book": book.version, "ticket": version, "rows": stepped.changed}), due_at }
    }

    /// The same, as rows.
    pub fn stepped(&self, book: &Book, ticket: &Value, said: Option<Said>, now: Timestamp) -> Stepped {
        let Ok(state) = State::deserialize(&ticket["state"]) else { return Stepped::default() };
        let mut known = self.clone();
        known.note(ticket, now);
        step(book, &self.rows, &Moment { now, ticket, state, states: &known.states, responded_at: self.responded_at, said })
    }

    /// Adds the ticket's state to those it went through, if it is another. A ticket without history is taken to have been so since it last changed.
    pub fn note(&mut self, ticket: &Value, now: Timestamp) {
        let Ok(state) = State::deserialize(&ticket["state"]) else { return };
        if self.states.last().is_none_or(|(_, last)| *last != state) {
            let changed = || ticket["updated_at"].as_str().and_then(|time| time.parse().ok());
            let since = if self.states.is_empty() { changed().unwrap_or(now) } else { now };
            self.states.push((since, state));
        }
    }
}

impl Clocks {
    /// Of a write that moves none, whatever there is.
    pub fn untouched(book: &Book) -> Self {
        Self { written: json!({"book": book.version, "rows": []}), due_at: "infinity".to_owned() }
    }

    /// For the statement's `write_slas`.
    pub fn param(&self) -> Param {
        self.written.to_string().into()
    }

    /// As JSON, where a statement writes several tickets.
    pub fn into_json(self) -> Value {
        self.written
    }

    /// Whether any row changes.
    pub fn is_still(&self) -> bool {
        self.written["rows"].as_array().is_none_or(Vec::is_empty)
    }
}

/// Whether a write met what is no longer so; then the page is forgotten, and the writer reads again.
pub fn is_stale<T, E: ConstraintName>(app: &App, outcome: &Result<T, E>) -> bool {
    let stale = matches!(outcome, Err(error) if error.constraint() == Some("slas_stale"));
    if stale {
        app.shelf.forget();
    }
    stale
}
