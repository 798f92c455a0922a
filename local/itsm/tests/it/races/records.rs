//! SQS records: doubled, out of order, and some whose outcome cannot be recorded. Each effect happens once.
use std::collections::HashSet;

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::App;
use shared::function::JobWork;
use shared::job::{Job, JobError, Lease};
use shared::serve::sqs::{Record, batch};
use testkit::{Desk, desk};

use crate::router::app;

const JOBS: usize = 1000;

/// Adds a row and is done, in one statement.
#[derive(Deserialize)]
struct Effect {}
const EFFECT: &str = "insert into effects (job) select job from complete($1::int8, $2::int8) as job returning job::text";

impl Job for Effect {
    const QUEUE: &'static str = "effect";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        app.db.row(EFFECT, &[lease.id.into(), lease.attempt.into()]).await?;
        Ok(())
    }
}

async fn ids(desk: &Desk) -> Vec<String> {
    desk.execute("create table effects (job bigint not null); grant all on effects to itsm_app").await;
    desk.rows(&format!("select enqueue('effect', n::text, '{{}}', now())::text from generate_series(1, {JOBS}) n")).await
}

fn record(message_id: usize, body: String) -> Record {
    Record { message_id: message_id.to_string(), body }
}

fn failed(answer: &Value) -> Vec<usize> {
    let items = answer["batchItemFailures"].as_array().unwrap();
    items.iter().map(|item| item["itemIdentifier"].as_str().unwrap().parse().unwrap()).collect()
}

async fn once_each(desk: &Desk) {
    let counted = desk.rows("select count(*) || ' ' || count(distinct job) from effects").await;
    assert_eq!(counted, [format!("{JOBS} {JOBS}")]);
    assert_eq!(desk.rows("select distinct state from jobs").await, ["done"]);
}

#[tokio::test]
async fn doubled_and_reordered_records_have_one_effect_and_only_the_malformed_fail() {
    desk(async |desk| {
        let app = app(&desk.database.url, 8);
        let mut bodies: Vec<String> = ids(desk).await.iter().flat_map(|id| vec![format!("{{\"job\":{id}}}"); 2]).collect();
        bodies.extend(["", "{}", "[]", "no message", r#"{"job":"1"}"#].map(str::to_owned));
        bodies.extend([r#"{"job":0}"#, r#"{"job":999999999}"#].map(str::to_owned));
        fastrand::shuffle(&mut bodies);
        let malformed: HashSet<usize> =
            (0..bodies.len()).filter(|at| !bodies[*at].starts_with("{\"job\":") || bodies[*at].contains("\"1\"")).collect();
        let records: Vec<Record> = bodies.into_iter().enumerate().map(|(at, body)| record(at, body)).collect();
        let mut records = records.into_iter();
        let mut reported = HashSet::new();
        loop {
            let wave: Vec<Vec<Record>> = (0..8).map(|_| records.by_ref().take(10).collect()).collect();
            if wave[0].is_empty() {
                break;
            }
            let work = JobWork::of::<Effect>();
            let answers = join_all(wave.into_iter().map(|records| batch(&app, &work, records))).await;
            reported.extend(answers.iter().flat_map(failed));
        }
        assert_eq!(reported, malformed);
        once_each(desk).await;
    })
    .await;
}

/// Connections break in the middle: what is reported comes again, until nothing is.
#[tokio::test]
async fn a_record_whose_outcome_is_not_recorded_is_reported_and_comes_again() {
    desk(async |desk| {
        let app = app(&desk.database.url, 4);
        let ids = ids(desk).await;
        let mut waiting: Vec<usize> = (0..ids.len()).collect();
        let (mut rounds, mut again) = (0, 0);
        while !waiting.is_empty() {
            let work = JobWork::of::<Effect>();
            let next: Vec<Vec<usize>> = waiting.drain(..waiting.len().min(40)).collect::<Vec<_>>().chunks(10).map(<[_]>::to_vec).collect();
            let batches = next.iter().map(|batch_of| {
                let records = batch_of.iter().map(|at| record(*at, json!({"job": ids[*at].parse::<i64>().unwrap()}).to_string())).collect();
                batch(&app, &work, records)
            });
            let breaking = async {
                if rounds % 3 == 0 {
                    desk.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'itsm_app' and datname = current_database()").await;
                }
            };
            let (answers, ()) = tokio::join!(join_all(batches), breaking);
            let reported: Vec<usize> = answers.iter().flat_map(failed).collect();
            again += reported.len();
            waiting.extend(reported);
            rounds += 1;
            // A lease outlives the connection of its worker: let it run out.
            desk.execute("update jobs set locked_until = now() - interval '1 s' where state = 'running'; update jobs set run_at = now() where state = 'queued'").await;
            if waiting.is_empty() {
                waiting = desk.rows("select id::text from jobs where state <> 'done'").await.iter().map(|id| ids.iter().position(|known| known == id).unwrap()).collect();
            }
        }
        println!("{again} records came again in {rounds} rounds");
        assert!(again > 0);
        once_each(desk).await;
    })
    .await;
}
