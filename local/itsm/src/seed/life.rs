//! Lifelike incidents, up to a million and more: what lists and searches are measured on. Made in the database, by as many connections as it
//! has use for, and where there was nothing before, without indexes to keep meanwhile.
use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::task::JoinSet;

use super::people;
use crate::database::connect;

const COMPANY: &str = include_str!("../../sql/seed_company.sql");
const WORDS: &str = include_str!("../../sql/seed_words.sql");
const LIFE: &str = include_str!("../../sql/seed_life.sql");

/// Incidents of one statement.
const CHUNK: i64 = 20_000;
/// From so many on, indexes are made at the end.
const MANY: i64 = 100_000;
const INDEXES: &str = "select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid) from pg_index
    where indrelid in ('tickets'::regclass, 'events'::regclass, 'comments'::regclass, 'watchers'::regclass)
      and not exists (select from pg_constraint where conindid = indexrelid)";
/// Numbers for all of them at once; the one before the first.
const NUMBERS: &str = "select setval('incident_number', nextval('incident_number') + $1 - 1) - $1";
/// What the trigger would have done for each.
const REMEMBER: &str = "insert into search_words
    select distinct lower(word) as word from (
      select word from seed_words
      union all
      select word from (select short_description, description from tickets where restricted_to is null limit 1000) as sample, words_of(short_description, description) as word
    ) as used where length(word) between 4 and 40 and word ~ '^[[:alpha:]]+$' order by 1
    on conflict do nothing";

/// The numbers of a run.
#[derive(Debug, Clone, Copy)]
struct Life {
    incidents: i64,
    people: i64,
    /// The number before the first.
    before: i64,
}

/// Adds the demonstration's people, a company of one person to fifty incidents, and `incidents` of three years.
pub async fn seed(url: &str, incidents: i64) -> Result<()> {
    let mut connection = open(url).await?;
    people(&mut connection).await?;
    let company = (incidents / 50).max(2_500);
    sqlx::query(COMPANY).bind(company).execute(&mut connection).await.context("the company")?;
    let before = sqlx::query_scalar(NUMBERS).bind(incidents).fetch_one(&mut connection).await?;
    let indexes = if incidents >= MANY { without_indexes(&mut connection).await? } else { Vec::new() };
    fill(url, Life { incidents, people: company, before }).await?;
    for index in indexes {
        connection.execute(AssertSqlSafe(index)).await.context("an index")?;
    }
    connection.execute(WORDS).await?;
    connection.execute(REMEMBER).await?;
    connection.execute("vacuum (analyze)").await?;
    Ok(connection.close().await?)
}

async fn open(url: &str) -> Result<PgConnection> {
    let mut connection = connect(url).await?;
    connection.execute("set statement_timeout = 0; set timezone = 'UTC'; set synchronous_commit = off; set work_mem = '64MB'").await?;
    connection.execute("set maintenance_work_mem = '256MB'").await?;
    // Nothing here breaks a reference, and checking 20 million of them takes longer than all else; a superuser may skip it.
    let _checked_then = connection.execute("set session_replication_role = replica").await;
    Ok(connection)
}

/// Takes the indexes away if there is nothing yet; how to make them again.
async fn without_indexes(connection: &mut PgConnection) -> Result<Vec<String>> {
    if sqlx::query_scalar("select exists (select from tickets)").fetch_one(&mut *connection).await? {
        return Ok(Vec::new());
    }
    let indexes: Vec<(String, String)> = sqlx::query_as(INDEXES).fetch_all(&mut *connection).await?;
    for (drop, _) in &indexes {
        connection.execute(AssertSqlSafe(drop.clone())).await?;
    }
    Ok(indexes.into_iter().map(|(_, create)| create).collect())
}

/// All chunks; each connection takes the next but so many, so that they come about in the order of their times.
async fn fill(url: &str, life: Life) -> Result<()> {
    let hands = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4));
    let mut working = JoinSet::new();
    for hand in 0..hands {
        let url = url.to_owned();
        working.spawn(async move {
            let mut connection = open(&url).await?;
            connection.execute(WORDS).await.context("words")?;
            for first in (1..=life.incidents).step_by(CHUNK as usize).skip(hand).step_by(hands) {
                chunk(&mut connection, life, first).await?;
            }
            Ok::<_, anyhow::Error>(connection.close().await?)
        });
    }
    while let Some(done) = working.join_next().await {
        done??;
    }
    Ok(())
}

async fn chunk(connection: &mut PgConnection, life: Life, first: i64) -> Result<()> {
    let last = (first + CHUNK - 1).min(life.incidents);
    let made = sqlx::query(LIFE).bind(life.incidents).bind(first).bind(last).bind(life.people).bind(life.before);
    made.execute(connection).await.with_context(|| format!("incidents {first} to {last}"))?;
    Ok(())
}
