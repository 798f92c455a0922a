//! What the queue does: jobs enqueued a second, jobs a second from the first enqueued to the last done, and the time from a job's commit to its
//! effect. Needs workers that run (`bench-worker`), `DATABASE_URL` of the owner, `QUEUE_URL`. Prints one line of JSON.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use itsm::secrets::Secrets;
use shared::app::App;
use shared::config::{Config, DatabaseConfig};
use sqlx::{Connection, PgConnection};
use tokio::time::sleep;

/// Jobs of the measurement of throughput.
const JOBS: usize = 20_000;
/// Who enqueues at once.
const PRODUCERS: usize = 16;
/// Jobs of the measurement of time, and how many a second.
const NOTED: usize = 2_000;
const PACE: f64 = 200.0;
const ENQUEUE: &str = "select enqueue('bench', gen_random_uuid()::text, $1::text::jsonb, now())::text";

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL is not set")?;
    let app = app(&url)?;
    let mut database = PgConnection::connect(&url).await?;
    run(&app, &mut database, 500).await?; // warm
    let (enqueued, done) = run(&app, &mut database, JOBS).await?;
    let (p50, p95) = times(&app, &mut database).await?;
    println!(
        "{}",
        serde_json::json!({"enqueue_per_second": JOBS as f64 / enqueued, "jobs_per_second": JOBS as f64 / done, "p50_ms": p50, "p95_ms": p95})
    );
    Ok(())
}

fn app(url: &str) -> Result<App> {
    let secrets = Secrets::in_folder(&std::env::temp_dir().join(format!("itsm-bench-{}", std::process::id())))?;
    let config = itsm::serve::config_for(url, &secrets, &std::env::var("QUEUE_URL").context("QUEUE_URL is not set")?)?;
    let database = DatabaseConfig { max_connections: PRODUCERS as u32, ..config.database };
    App::new(&Config { database, ..config })
}

/// Seconds until all are enqueued, and until all are done.
async fn run(app: &App, database: &mut PgConnection, jobs: usize) -> Result<(f64, f64)> {
    sqlx::query("delete from jobs").execute(&mut *database).await?;
    let begun = Instant::now();
    let each = (0..PRODUCERS).map(|producer| (jobs / PRODUCERS) + usize::from(producer < jobs % PRODUCERS));
    try_join_all(each.map(|count| async move {
        for _ in 0..count {
            enqueue(app, r#"{"note": false}"#).await?;
        }
        anyhow::Ok(())
    }))
    .await?;
    let enqueued = begun.elapsed().as_secs_f64();
    wait(database, begun).await?;
    Ok((enqueued, begun.elapsed().as_secs_f64()))
}

/// One durable row, and a ring.
async fn enqueue(app: &App, payload: &str) -> Result<i64> {
    let id: i64 = app.db.get(ENQUEUE, &[payload.into()]).await?.context("no id")?;
    app.queue.ring("bench", id).await;
    Ok(id)
}

async fn wait(database: &mut PgConnection, begun: Instant) -> Result<()> {
    loop {
        let left: bool =
            sqlx::query_scalar("select exists (select from jobs where state in ('queued', 'running'))").fetch_one(&mut *database).await?;
        if !left {
            return Ok(());
        }
        ensure!(begun.elapsed() < Duration::from_secs(120), "the workers do not come to an end");
        sleep(Duration::from_millis(5)).await;
    }
}

/// Milliseconds from commit to effect, at a pace that leaves everybody time.
async fn times(app: &App, database: &mut PgConnection) -> Result<(f64, f64)> {
    sqlx::query("delete from jobs").execute(&mut *database).await?;
    let begun = Instant::now();
    let mut committed = Vec::with_capacity(NOTED);
    for number in 0..NOTED {
        sleep(Duration::from_secs_f64(number as f64 / PACE).saturating_sub(begun.elapsed())).await;
        let id: i64 = app.db.get(ENQUEUE, &[r#"{"note": true}"#.into()]).await?.context("no id")?;
        committed.push((id, SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64()));
        app.queue.ring("bench", id).await;
    }
    wait(database, begun).await?;
    let noted: Vec<(i64, f64)> = sqlx::query_as("select job, extract(epoch from at)::float8 from noted order by job").fetch_all(database).await?;
    ensure!(noted.len() == NOTED, "{} effects of {NOTED} jobs", noted.len());
    let mut times: Vec<f64> = committed.iter().zip(&noted).map(|((_, committed), (_, at))| (at - committed) * 1e3).collect();
    times.sort_by(f64::total_cmp);
    Ok((times[NOTED / 2], times[NOTED * 95 / 100]))
}
