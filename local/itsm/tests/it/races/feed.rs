//! The feed beside its writers: a cursor never leaves an event behind, whatever the order of commits.
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use testkit::{Desk, Person, desk};

const WRITERS: usize = 8;
const EACH: usize = 20;
/// Transactions that take a number early and commit late; no function has such, imports and whoever uses `psql` do.
const LATE: usize = 2;
const CREATE: &str = include_str!("../../../../../functions/incidents/sql/create.sql");
const FEED: &str = events::STATEMENTS[0];
const RULE: &str = "and (e.epoch, e.xact) < ((select epoch from feed_epoch), pg_snapshot_xmin(pg_current_snapshot()))";

/// Random, and never what the outcome depends on.
async fn pause() {
    tokio::time::sleep(Duration::from_micros(fastrand::u64(0..4_000))).await;
}

async fn write(person: &Person<'_>, written: &AtomicUsize) {
    for round in 0..EACH {
        let raised = person.post("/v1/incidents", json!({"short_description": "x"})).await;
        assert_eq!(raised.status, 201, "{}", raised.body);
        let path = format!("/v1/incidents/{}", raised.json()["id"].as_str().unwrap());
        assert_eq!(person.patch(&path, json!({"location": round.to_string()})).await.status, 200);
        written.fetch_add(2, SeqCst);
        pause().await;
    }
}

/// The API's own statement in transactions that stay open while others commit.
async fn write_late(desk: &Desk, person: &Person<'_>, written: &AtomicUsize) {
    let mut connection = PgConnection::connect(&desk.database.url).await.unwrap();
    for _ in 0..EACH {
        let incident = json!({"id": uuid::Uuid::now_v7(), "short_description": "late", "description": "", "impact": 3, "urgency": 3,
                              "channel": "api", "major": false, "custom": {}});
        connection.execute("begin").await.unwrap();
        let row = sqlx::query_scalar::<_, String>(CREATE).bind(person.session.to_string()).bind(incident.to_string());
        row.bind("2026-01-01T00:00:00Z").bind(None::<String>).bind("-").bind(None::<String>).fetch_one(&mut connection).await.unwrap();
        for _ in 0..fastrand::u8(1..6) {
            pause().await;
        }
        connection.execute("commit").await.unwrap();
        written.fetch_add(1, SeqCst);
    }
    connection.close().await.unwrap();
}

/// Follows the feed until all that will be written was shown.
async fn follow(reader: &Person<'_>, all: usize) -> Vec<i64> {
    let (mut seen, mut cursor, begun) = (Vec::new(), String::new(), Instant::now());
    while seen.len() < all {
        let reply = reader.get(&format!("/v1/events?limit={}{cursor}", fastrand::u8(1..30))).await;
        assert!(begun.elapsed() < Duration::from_secs(60), "{} of {all} shown", seen.len());
        if reply.status == 503 {
            continue; // as the problem says: the same cursor again
        }
        assert_eq!(reply.status, 200, "{}", reply.body);
        let body = reply.json();
        seen.extend(body["items"].as_array().unwrap().iter().map(|event| event["seq"].as_i64().unwrap()));
        cursor = format!("&cursor={}", body["next"].as_str().unwrap());
        pause().await;
    }
    seen
}

/// The same statement without its rule: what it shows until all is written, and once more after.
async fn follow_without_the_rule(desk: &Desk, reader: &Person<'_>, written: &AtomicUsize, all: usize) -> usize {
    assert_eq!(FEED.matches(RULE).count(), 1);
    let naive = FEED.replace(RULE, "");
    let mut connection = PgConnection::connect(&desk.database.url).await.unwrap();
    let (mut seen, mut at) = (HashSet::new(), ["0", "0", "0"].map(str::to_owned));
    loop {
        let done = written.load(SeqCst) == all;
        let row = sqlx::query_scalar::<_, String>(AssertSqlSafe(naive.clone())).bind(reader.session.to_string()).bind(30_i64);
        let row = at.iter().fold(row, |row, part| row.bind(part.clone())).bind(10_000_i64);
        let row = (0..6).fold(row, |row, _| row.bind(None::<String>)).fetch_one(&mut connection).await.unwrap();
        let page: serde_json::Value = serde_json::from_str(&row).unwrap();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|event| event["seq"].as_i64().unwrap()));
        at = serde_json::from_value(page["next"].clone()).unwrap();
        if done && items.is_empty() {
            connection.close().await.unwrap();
            return seen.len();
        }
        pause().await;
    }
}

#[tokio::test]
async fn every_event_is_shown_once_and_in_order_whoever_writes() {
    desk(async |desk| {
        let (reader, agent) = (desk.person("admin").await, desk.person("agent").await);
        let (all, written) = (WRITERS * EACH * 2 + LATE * EACH, AtomicUsize::new(0));
        let writers = async {
            let quick = join_all((0..WRITERS).map(|_| write(&agent, &written)));
            let late = join_all((0..LATE).map(|_| write_late(desk, &agent, &written)));
            tokio::join!(quick, late);
        };
        let ((), seen, naive) = tokio::join!(writers, follow(&reader, all), follow_without_the_rule(desk, &reader, &written, all));
        let stored = desk.rows("select seq::text from events order by epoch, xact, seq").await;
        assert_eq!(seen, stored.iter().map(|seq| seq.parse::<i64>().unwrap()).collect::<Vec<_>>());
        println!("without the rule of xmin the same reader missed {} of {all} events", all - naive);
        let out_of_order =
            desk.rows("select seq::text from (select seq, lag(seq) over (order by xact, seq) as before from events) as e where seq < before").await;
        println!("{} events have a transaction that began before that of a lower number", out_of_order.len());
    })
    .await;
}
