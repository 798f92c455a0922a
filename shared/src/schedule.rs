//! Schedules: what comes again, kept in Postgres, so that any number of schedulers make each run happen once.
//!
//! A scheduler reads what is due and moves each on with a statement guarded by the time that it read; the job is enqueued in that
//! statement. What was missed while no scheduler ran is caught up by one run: the next time is always after now.
use std::pin::Pin;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::db::DbError;
use crate::rules::cron;

const DUE: &str = include_str!("../sql/schedules_due.sql");
const ADVANCE: &str = include_str!("../sql/schedule_advance.sql");

/// A schedule as a function's `Cargo.toml` declares it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Declared {
    /// The function's name.
    pub name: &'static str,
    /// Where its job goes.
    pub queue: &'static str,
    /// Five fields: minute, hour, day, month, weekday.
    pub cron: &'static str,
    /// Whose clock the fields are of (IANA).
    pub timezone: &'static str,
}

#[derive(Deserialize)]
struct Clock {
    now: Timestamp,
    due: Vec<Schedule>,
}

#[derive(Deserialize)]
struct Schedule {
    name: String,
    cron: String,
    timezone: String,
    /// As Postgres wrote it: it is compared with what is stored.
    next_run_at: String,
}

#[derive(Deserialize)]
struct Enqueued {
    queue: String,
    job: i64,
}

/// Enqueues a job for each schedule that is due, and rings.
pub async fn tick(app: &App) -> Result<(), DbError> {
    let Some(Clock { now, due }) = app.db.get(DUE, &[]).await? else { return Ok(()) };
    for schedule in due {
        match cron::next(&schedule.cron, &schedule.timezone, now) {
            Ok(next) => advance(app, schedule, next).await?,
            Err(cause) => tracing::error!(schedule = schedule.name, cause, "a schedule that never comes"),
        }
    }
    Ok(())
}

/// Nothing happens where another scheduler was first.
async fn advance(app: &App, schedule: Schedule, next: Option<Timestamp>) -> Result<(), DbError> {
    let next = next.map_or_else(|| "infinity".to_owned(), |next| next.to_string());
    let params = [schedule.name.into(), schedule.next_run_at.into(), next.into()];
    if let Some(Enqueued { queue, job }) = app.db.get(ADVANCE, &params).await? {
        app.queue.ring(&queue, job).await;
    }
    Ok(())
}

/// [`tick`] for [`crate::function::Function::scheduler`]: what does not name it does not carry the zones' data.
pub(crate) fn boxed_tick(app: App) -> Pin<Box<dyn Future<Output = Result<(), DbError>> + Send>> {
    Box::pin(async move { tick(&app).await })
}
