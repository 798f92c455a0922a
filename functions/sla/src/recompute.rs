//! Computes anew what stands with an old version of its definition or calendar: in chunks of short statements, from the first ticket to the
//! last. A ticket that somebody writes meanwhile is left to that write, which computes with the new versions itself, or to the next run.
use futures_util::future::join;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::App;
use shared::db::DbError;
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

/// All of them: the next chunk is read while the last is written.
pub(crate) async fn recompute(app: &App, lease: Lease, which: Which) -> Result<(), JobError> {
    let mut behind = read(app, lease, which, None).await?;
    while let Some(last) = behind.last() {
        let next = async { if is_full(&behind) { read(app, lease, which, Some(last.id)).await } else { Ok(Vec::new()) } };
        let (written, next) = join(write(app, lease, which, &behind), next).await;
        written?;
        behind = next?;
    }
    Ok(())
}

fn is_full(behind: &[Behind]) -> bool {
    i64::try_from(behind.len()).is_ok_and(|tickets| tickets >= CHUNK)
}

async fn read(app: &App, lease: Lease, which: Which, after: Option<Uuid>) -> Result<Vec<Behind>, DbError> {
    let one = if let Which::One(ticket) = which { Some(ticket) } else { None };
    let params = [lease.id.into(), lease.attempt.into(), after.into(), CHUNK.into(), matches!(which, Which::All).into(), one.into()];
    Ok(app.db.get(BEHIND, &params).await?.unwrap_or_default())
}

async fn write(app: &App, lease: Lease, which: Which, behind: &[Behind]) -> Result<(), JobError> {
    let written = computed(app, behind).await?;
    match app.db.row(RECOMPUTE, &[lease.id.into(), lease.attempt.into(), written.to_string().into()]).await {
        // The book turned a page, or a clock moved without its ticket. Whatever is behind now is found by the next run; what was asked for
        // is not, so it is tried again.
        Err(error) if error.constraint.as_deref() == Some("slas_stale") => {
            app.shelf.forget();
            if matches!(which, Which::Behind) { Ok(()) } else { Err(JobError::Retry(error.into())) }
        }
        other => other.map(|_| ()).map_err(JobError::from),
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
