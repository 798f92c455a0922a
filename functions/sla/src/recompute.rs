//! Computes anew what stands with an old version of its definition or calendar: in chunks of short statements, from the first ticket to the
//! last. A ticket that somebody writes meanwhile is left to that write, which computes with the new versions itself, or to the next run.
use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::App;
use shared::job::{JobError, Lease};
use shared::slas::{Facts, book_of};
use uuid::Uuid;

/// A ticket whose clocks are looked at.
#[derive(Debug, Deserialize)]
struct Behind {
    id: Uuid,
    version: i64,
    ticket: Value,
    slas: Facts,
}

/// Which tickets are looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// Those whose clocks have an old version.
    Behind,
    /// Every open one.
    All,
    /// This one: it was written by a statement that Rust did not compute for.
    One(Uuid),
}

/// All of them.
pub(crate) async fn recompute(app: &App, lease: Lease, which: Which) -> Result<(), JobError> {
    let one = if let Which::One(ticket) = which { Some(ticket) } else { None };
    let mut after: Option<Uuid> = None;
    loop {
        let params = [lease.id.into(), lease.attempt.into(), after.into(), CHUNK.into(), matches!(which, Which::All).into(), one.into()];
        let behind: Vec<Behind> = app.db.get(BEHIND, &params).await?.unwrap_or_default();
        let Some(last) = behind.last() else { return Ok(()) };
        after = Some(last.id);
        let written = computed(app, &behind).await?;
        let writing = app.db.row(RECOMPUTE, &[lease.id.into(), lease.attempt.into(), written.to_string().into()]).await;
        match writing {
            // The book turned a page, or a clock moved without its ticket. Whatever is behind now is found by the next run; what was asked for
            // is not, so it is tried again.
            Err(error) if error.constraint.as_deref() == Some("slas_stale") => {
                app.shelf.forget();
                if !matches!(which, Which::Behind) {
                    return Err(JobError::Retry(error.into()));
                }
            }
            other => drop(other?),
        }
        if i64::try_from(behind.len()).unwrap_or(CHUNK) < CHUNK {
            return Ok(());
        }
    }
}
/// Tickets a statement: what one holds locked, writers wait for.
const CHUNK: i64 = 200;
const BEHIND: &str = include_str!("../sql/behind.sql");
const RECOMPUTE: &str = include_str!("../sql/recompute.sql");

async fn computed(app: &App, behind: &[Behind]) -> Result<Value, JobError> {
    let mut tickets = Vec::with_capacity(behind.len());
    for Behind { id, version, ticket, slas } in behind {
        let book = book_of(app, slas.book).await.map_err(|error| JobError::Retry(error.into()))?;
        let clocks = slas.clocks(&book, *version, ticket, None, app.now());
        if !clocks.is_still() {
            tickets.push(json!({"id": id, "version": version, "due_at": clocks.due_at, "slas": clocks.into_json()}));
        }
    }
    Ok(Value::Array(tickets))
}
