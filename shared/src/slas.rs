//! The clocks of a ticket at its write: read what they are computed from, compute them, say so in the write's own statement.
//!
//! Definitions, calendars and the priority matrix change seldom, so a process keeps them ([`Shelf`]), and leaves them in the cache for one that has just
//! begun. Nothing decides that the kept page is still good but the write: it names the page, and a stale one costs another try.
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::cache::Cache;
use crate::db::Param;
use crate::error::{ConstraintName, Error};
use crate::metrics::METRICS;
use crate::rules::calendar::{Calendar, Written};
use crate::rules::lifecycle::State;
use crate::rules::sla::{Book, Definition, Moment, Row, Said, Stepped, step};

const BOOK: &str = include_str!("../sql/sla_book.sql");

/// The page that this process knows.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    page: RwLock<Option<Arc<Book>>>,
    /// One reads, and the others wait for what it finds, where they may.
    reading: tokio::sync::Mutex<()>,
    /// Reads that failed.
    failed: AtomicU32,
    /// A page was stale: the one in the cache may be, too.
    doubtful: AtomicBool,
}

impl Shelf {
    fn known(&self) -> Option<Arc<Book>> {
        self.0.page.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, book: Book) -> Arc<Book> {
        let book = Arc::new(book);
        *self.0.page.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&book));
        book
    }

    /// Forgets the page: a write found it stale.
    pub fn forget(&self) {
        self.0.doubtful.store(true, Ordering::Relaxed);
        *self.0.page.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The page that is known here or to another process, or the current one.
pub async fn book(app: &App) -> Result<Arc<Book>, Error> {
    if let Some(known) = app.shelf.known() {
        return Ok(known);
    }
    let failed = app.shelf.0.failed.load(Ordering::Relaxed);
    let mut reading = match app.shelf.0.reading.try_lock() {
        Err(_) if Cache::TASKS_WAIT => Some(app.shelf.0.reading.lock().await),
        free => free.ok(),
    };
    if let Some(known) = app.shelf.known() {
        return Ok(known);
    }
    if app.shelf.0.failed.load(Ordering::Relaxed) != failed {
        reading = None; // who read meanwhile failed: one after the other would wait for as long
    }
    if let Some(book) = cached(app).await {
        return Ok(app.shelf.keep(book));
    }
    // Before it is read: whoever finds a stale page meanwhile doubts what is left in the cache.
    app.shelf.0.doubtful.store(false, Ordering::Relaxed);
    let json = read(app).await.inspect_err(|_| {
        app.shelf.0.doubtful.store(true, Ordering::Relaxed);
        app.shelf.0.failed.fetch_add(1, Ordering::Relaxed);
    })?;
    let book = app.shelf.keep(parse(&json)?);
    drop(reading);
    app.cache.put(PAGE, &json).await;
    Ok(book)
}

/// The page that a read saw, or a newer one.
pub async fn book_of(app: &App, version: i64) -> Result<Arc<Book>, Error> {
    let known = book(app).await?;
    if known.version >= version {
        return Ok(known);
    }
    app.shelf.forget();
    book(app).await
}

/// The cache's name for the page.
const PAGE: &str = "sla-book";

async fn cached(app: &App) -> Option<Book> {
    if !app.cache.is_there() || app.shelf.0.doubtful.load(Ordering::Relaxed) {
        return None;
    }
    let page = app.cache.get(PAGE).await.and_then(|json| parse(&json).ok());
    METRICS.cache_reads.with_label_values(&[if page.is_some() { "hit" } else { "miss" }]).inc();
    page
}

async fn read(app: &App) -> Result<String, Error> {
    Ok(app.db.row(BOOK, &[]).await?.flatten().context("sla_book.sql answered nothing")?)
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
