//! Who enqueues: in batches, each one statement, and a ring for each job, as any write does.
use std::time::{Duration, Instant};

use anyhow::Result;
use shared::app::App;
use sqlx::{Connection, PgConnection};

use crate::Plan;

/// Jobs of one statement.
const BATCH: i64 = 20;
/// A batch has its number in its keys: one that may have been enqueued when the connection broke is looked for, not repeated blindly.
const ENQUEUE: &str = "select coalesce(json_agg(enqueue('soak', n::text, jsonb_build_object('naive', $3::bool), now())), '[]')::text
                       from generate_series($1, $2) n where not exists (select from jobs where queue = 'soak' and key = n::text)";

pub(super) async fn produce(app: App, url: String, plan: Plan) -> Result<()> {
    let Plan { jobs, duration, naive, .. } = plan;
    let begun = Instant::now();
    let mut first = 1;
    let mut connection: Option<PgConnection> = None;
    while first <= jobs {
        let last = (first + BATCH - 1).min(jobs);
        let Some(ids) = enqueue(&mut connection, &url, (first, last), naive).await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        for id in ids {
            app.queue.ring("soak", id).await;
        }
        let due = duration.mul_f64(last as f64 / jobs as f64);
        tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
        first = last + 1;
    }
    Ok(())
}

/// The ids; nothing while Postgres is away.
async fn enqueue(kept: &mut Option<PgConnection>, url: &str, (first, last): (i64, i64), naive: bool) -> Option<Vec<i64>> {
    if kept.is_none() {
        *kept = PgConnection::connect(url).await.ok();
    }
    let connection = kept.as_mut()?;
    let enqueued: Result<String, _> = sqlx::query_scalar(ENQUEUE).bind(first).bind(last).bind(naive).fetch_one(connection).await;
    if enqueued.is_err() {
        *kept = None;
    }
    serde_json::from_str(&enqueued.ok()?).ok()
}
