//! What a comment that came by mail does to the clocks of its ticket: the same as one through the API.
use anyhow::anyhow;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::app::App;
use shared::job::JobError;
use shared::rules::sla::Said;
use shared::slas::{Clocks, Facts, book_of};
use uuid::Uuid;

const CLOCKS: &str = include_str!("../sql/clocks.sql");

/// The ticket before the comment, and whose word it is.
#[derive(Deserialize)]
struct Before {
    version: i64,
    /// Whether its caller says it.
    own: bool,
    /// Whether somebody says it who works tickets.
    works: bool,
    slas: Facts,
    ticket: Value,
}

/// For the statement that writes the comment, which refuses them where they were computed from what is no longer so.
pub(crate) async fn moved(app: &App, ticket: Uuid, by: Uuid, now: Timestamp) -> Result<Clocks, JobError> {
    let before: Option<Before> = app.db.get(CLOCKS, &[ticket.into(), by.into()]).await?;
    let before = before.ok_or_else(|| JobError::Retry(anyhow!("the ticket or the author is gone")))?;
    let book = book_of(app, before.slas.book).await.map_err(|error| JobError::Retry(error.into()))?;
    let after = Facts::after(&book, &before.ticket, &before.set());
    Ok(before.slas.clocks(&book, before.version, &after, before.says(), now))
}

impl Before {
    fn says(&self) -> Option<Said> {
        if self.own { Some(Said::Caller) } else { self.works.then_some(Said::Agent) }
    }

    /// What the caller's word changes of the ticket, as `comment.sql` writes it.
    fn set(&self) -> Map<String, Value> {
        let is = |field: &str, value: &str| self.ticket[field] == value;
        let moves = self.own && (is("state", "resolved") || is("state", "on_hold") && is("hold_reason", "caller"));
        let set = json!({"state": "in_progress", "hold_reason": null, "resolved_at": null});
        if let (true, Value::Object(set)) = (moves, set) { set } else { Map::new() }
    }
}
