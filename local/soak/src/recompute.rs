//! A calendar is edited under many open tickets, while somebody goes on writing single ones: how long until every clock is computed anew, and
//! how long a writer waits at most.
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hyper::Method;
use serde_json::json;
use shared::caller::Role;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::watch;
use tokio::time::sleep;
use uuid::Uuid;

use crate::client::{Client, free_port, person};
use crate::ground::Ground;
use crate::workers::Workers;

/// What is to happen.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The folder of the functions' programs.
    pub programs: PathBuf,
    /// Open tickets, each with a clock.
    pub tickets: i64,
    /// What it may take, and how long a write may; none on a machine that is busy with something else.
    pub limits: Option<[Duration; 2]>,
}

/// What was found.
#[derive(Debug, Default, serde::Serialize)]
pub struct Report {
    /// Open tickets.
    pub tickets: i64,
    /// From the calendar's edit to the last clock.
    pub seconds: f64,
    /// Requests that changed one ticket each, meanwhile.
    pub writes: usize,
    /// The longest of them.
    pub longest_write_ms: f64,
    /// The longest of the fastest 99 in a hundred.
    pub p99_write_ms: f64,
    /// The longest of as many before the edit.
    pub longest_write_before_ms: f64,
}

/// Between two writes.
const PAUSE: Duration = Duration::from_millis(3);
/// Writes before the edit.
const BEFORE: usize = 500;
/// The calendar that every clock goes by; migrations make it.
const CALENDAR: &str = "00000000-0000-7000-8000-000000000247";

/// Edits, and waits until every clock has the new version.
pub async fn run(plan: &Plan) -> Result<Report> {
    let ground = Ground::open().await?;
    let mut connection = ground.connection().await?;
    let manager = person(&mut connection, "manager").await?;
    let (desk, calendars) = (free_port()?, free_port()?);
    let start = |name: &str, port: u16| {
        let variables = ground.variables().into_iter().filter(|(name, _)| *name != "PORT").chain([("PORT", port.to_string())]);
        Workers::start(&plan.programs.join(name), 1, variables.collect())
    };
    let _processes = [start("incidents", desk)?, start("calendars", calendars)?, start("sla", 0)?];
    let calendar = Client::new(&ground, &mut connection, calendars, (manager, Role::Manager)).await?;
    let writer = Client::new(&ground, &mut connection, desk, (manager, Role::Manager)).await?;
    let ids = fill(&mut connection, manager, plan.tickets).await?;
    let before = write(&writer, &ids, |written| written == BEFORE).await?;

    let begun = Instant::now();
    let hours = json!({"hours": {"mon": [["06:00", "22:00"]], "thu": [["00:00", "24:00"]]}});
    calendar.write(Method::PATCH, &format!("/v1/calendars/{CALENDAR}"), Some(&hours)).await?;
    let (tell, told) = watch::channel(false);
    let computed = async {
        let outcome = until_computed(&mut connection).await;
        tell.send_replace(true);
        outcome.map(|()| begun.elapsed())
    };
    let (took, meanwhile) = tokio::join!(computed, write(&writer, &ids, |_| *told.borrow()));
    let report = Report::of(plan.tickets, took?, &before, &meanwhile?);
    drop(connection);
    ground.close().await?;
    check(plan, &report)?;
    Ok(report)
}

/// Open tickets with a clock each, as if they had been raised one by one; their ids.
async fn fill(connection: &mut PgConnection, by: Uuid, tickets: i64) -> Result<Vec<Uuid>> {
    let statements = FILL.replace("$BY", &by.to_string()).replace("$TICKETS", &tickets.to_string()).replace("$CALENDAR", CALENDAR);
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut *connection).await.context("filling the desk")?;
    let ids: Vec<String> = sqlx::query_scalar("select id::text from tickets").fetch_all(connection).await?;
    ids.iter().map(|id| Ok(id.parse()?)).collect()
}
const FILL: &str = include_str!("recompute/fill.sql");

/// Single tickets at random, one after another; milliseconds of each.
async fn write(client: &Client, ids: &[Uuid], is_enough: impl Fn(usize) -> bool) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    while !is_enough(times.len()) {
        let (id, begun) = (ids[fastrand::usize(..ids.len())], Instant::now());
        let change = json!({"location": format!("room {}", times.len())});
        client.write(Method::PATCH, &format!("/v1/incidents/{id}"), Some(&change)).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        sleep(PAUSE).await;
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// What a run left to somebody who was writing, the next finds: as the schedule would, another is enqueued for it.
async fn until_computed(connection: &mut PgConnection) -> Result<()> {
    loop {
        let busy: bool = sqlx::query_scalar("select exists (select from jobs where queue = 'sla' and state in ('queued', 'running'))")
            .fetch_one(&mut *connection)
            .await?;
        if !busy {
            let behind: i64 =
                sqlx::query_scalar("select count(*) from ticket_slas s, calendars c where c.id = $1::uuid and s.calendar_version <> c.version")
                    .bind(CALENDAR)
                    .fetch_one(&mut *connection)
                    .await?;
            if behind == 0 {
                return Ok(());
            }
            sqlx::query("select enqueue('sla', 'schedule:sla', '{}', now())").execute(&mut *connection).await?;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

impl Report {
    fn of(tickets: i64, took: Duration, before: &[f64], meanwhile: &[f64]) -> Self {
        let longest = |times: &[f64]| times.last().copied().unwrap_or_default();
        let p99 = meanwhile.get(meanwhile.len() * 99 / 100).copied().unwrap_or_default();
        Self {
            tickets,
            seconds: took.as_secs_f64(),
            writes: meanwhile.len(),
            longest_write_ms: longest(meanwhile),
            p99_write_ms: p99,
            longest_write_before_ms: longest(before),
        }
    }
}

fn check(plan: &Plan, report: &Report) -> Result<()> {
    let Some([whole, write]) = plan.limits else { return Ok(()) };
    ensure!(report.seconds < whole.as_secs_f64(), "it takes longer than {} s: {report:?}", whole.as_secs());
    ensure!(report.longest_write_ms < write.as_secs_f64() * 1e3, "a writer waits longer than {} ms: {report:?}", write.as_millis());
    Ok(())
}
