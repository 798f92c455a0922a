//! The queue: each job is run once, effective once, and never lost.
use std::sync::Mutex;
use std::time::Duration;

use anyhow::anyhow;
use futures_util::future::join_all;
use serde::Deserialize;
use shared::app::App;
use shared::function::JobWork;
use shared::job::{self, Job, JobError, Lease, Outcome, Step};
use sqlx::{Connection, Executor, PgConnection};
use testkit::{Desk, desk};

use crate::router::app;

const CLAIM: &str = include_str!("../../../../../shared/sql/claim.sql");
const FINISH: &str = include_str!("../../../../../shared/sql/finish.sql");
const QUEUE: &str = "test";

/// Does what its payload says, and notes that it ran: (database, job).
#[derive(Deserialize)]
#[serde(tag = "then", rename_all = "snake_case")]
enum Doing {
    Succeed {
        n: i64,
        desk: String,
    },
    Retry,
    Fail,
    /// The same key is queued anew during the run, before this one asks for its retry.
    RetryAfterAgain,
    /// The same, by a transaction that is still open then.
    RetryDuringAgain {
        url: String,
    },
}
static RAN: Mutex<Vec<(String, i64)>> = Mutex::new(Vec::new());

impl Job for Doing {
    const QUEUE: &'static str = QUEUE;

    async fn run(self, app: &App, _: Lease) -> Result<(), JobError> {
        match self {
            Self::Succeed { n, desk } => RAN.lock().unwrap().push((desk, n)),
            Self::Fail => return Err(JobError::Fail(anyhow!("never"))),
            Self::Retry => return Err(JobError::Retry(anyhow!("not now"))),
            Self::RetryAfterAgain => {
                app.db.row(AGAIN, &[]).await?;
                return Err(JobError::Retry(anyhow!("not now")));
            }
            Self::RetryDuringAgain { url } => {
                let mut other = PgConnection::connect(&url).await.unwrap();
                other.execute("begin").await.unwrap();
                other.execute(AGAIN).await.unwrap();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(1..20))).await;
                    other.execute("commit").await.unwrap();
                });
                return Err(JobError::Retry(anyhow!("not now")));
            }
        }
        Ok(())
    }
}
const AGAIN: &str = r#"select enqueue('test', 'k', '{"then": "fail"}', now() + interval '1 hour')::text"#;
const WORK: JobWork = JobWork::of::<Doing>();

async fn enqueue(desk: &Desk, key: &str, payload: &str) -> i64 {
    let rows = desk.rows(&format!("select enqueue('{QUEUE}', '{key}', '{payload}', now())::text")).await;
    rows[0].parse().unwrap()
}

/// Claims as a worker does that then says nothing any more: (id, attempt), its lease over at once.
async fn abandoned(app: &App, desk: &Desk, id: i64) -> Lease {
    let lease: Lease = app.db.get(CLAIM, &[QUEUE.into(), id.into(), 60.into()]).await.unwrap().unwrap();
    desk.execute(&format!("update jobs set locked_until = now() - interval '1 s' where id = {id}")).await;
    lease
}

/// How many ran of those that are due.
async fn ran(app: &App) -> u32 {
    job::drain(app, &WORK, Duration::from_secs(60)).await.unwrap()
}

/// What `finish.sql` says of one run.
async fn finished(app: &App, lease: Lease, outcome: &str) -> String {
    let told = serde_json::json!([{"id": lease.id, "attempt": lease.attempt, "outcome": outcome, "error": "late"}]);
    let states: Vec<serde_json::Value> = app.db.get(FINISH, &[told.to_string().into()]).await.unwrap().unwrap();
    states[0]["state"].as_str().unwrap().to_owned()
}

/// Each job as `state attempt`, by id.
async fn states(desk: &Desk) -> Vec<String> {
    desk.rows("select state || ' ' || attempt from jobs order by id").await
}

#[tokio::test]
async fn two_drains_at_once_run_each_job_once() {
    desk(async |desk| {
        let name = desk.database.name().to_owned();
        let payload = format!("jsonb_build_object('then', 'succeed', 'n', i, 'desk', '{name}')");
        desk.execute(&format!("select enqueue('{QUEUE}', i::text, {payload}, now()) from generate_series(1, 120) as i")).await;
        let apps = [app(&desk.database.url, 3), app(&desk.database.url, 3)];
        let drains = apps.iter().flat_map(|app| [job::drain(app, &WORK, Duration::from_secs(60)), job::drain(app, &WORK, Duration::from_secs(60))]);
        let ran: u32 = join_all(drains).await.into_iter().map(Result::unwrap).sum();
        // A drain ends where another holds the last job, so all of it is done only now.
        assert_eq!(ran, 120);
        let mut numbers: Vec<i64> = RAN.lock().unwrap().iter().filter(|(desk, _)| *desk == name).map(|(_, n)| *n).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=120).collect::<Vec<_>>());
        assert_eq!(desk.rows("select distinct state || ' ' || attempt from jobs").await, ["done 1"]);
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_over_and_the_late_worker_changes_nothing() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        let id = enqueue(desk, "k", &format!(r#"{{"then": "succeed", "n": 1, "desk": "{}"}}"#, desk.database.name())).await;
        let late = abandoned(&app, desk, id).await;
        let second = abandoned(&app, desk, id).await;
        assert_eq!((late.attempt, second.attempt), (1, 2));
        for word in ["done", "retry", "fail"] {
            assert_eq!(finished(&app, late, word).await, "lost", "{word}");
        }
        assert_eq!(states(desk).await, ["running 2"]);
        assert_eq!(job::step(&app, &WORK, id).await.unwrap(), Step::Ran);
        assert_eq!(states(desk).await, ["done 3"]);
        for lease in [late, second] {
            assert_eq!(finished(&app, lease, "fail").await, "lost");
        }
        assert_eq!(desk.rows("select state || coalesce(last_error, '') from jobs").await, ["done"]);
        assert_eq!(job::step(&app, &WORK, id).await.unwrap(), Step::Gone);
    })
    .await;
}

#[tokio::test]
async fn a_living_lease_is_respected_and_a_lost_last_attempt_is_dead() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        let id = enqueue(desk, "k", r#"{"then": "fail"}"#).await;
        desk.execute("update jobs set max_attempts = 2").await;
        abandoned(&app, desk, id).await;
        app.db.row(CLAIM, &[QUEUE.into(), id.into(), 60.into()]).await.unwrap();
        assert_eq!(job::step(&app, &WORK, id).await.unwrap(), Step::Busy);
        assert_eq!(ran(&app).await, 0);
        desk.execute("update jobs set locked_until = now() - interval '1 s'").await;
        assert_eq!(job::step(&app, &WORK, id).await.unwrap(), Step::Gone);
        let dead = "select state || ' ' || attempt || ' ' || last_error || ' ' || (finished_at is not null) from jobs";
        assert_eq!(desk.rows(dead).await, ["dead 2 the lease ran out on the last attempt true"]);
        desk.execute("delete from jobs").await;
    })
    .await;
}

#[tokio::test]
async fn a_retry_waits_longer_each_time_and_ends() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        let id = enqueue(desk, "k", r#"{"then": "retry"}"#).await;
        for attempt in 1..10 {
            assert_eq!(job::step(&app, &WORK, id).await.unwrap(), Step::Ran);
            assert_eq!(states(desk).await, [format!("queued {attempt}")]);
            let wait = "select extract(epoch from run_at - now())::float8::text from jobs where finished_at is null and last_error = 'not now'";
            let wait: f64 = desk.rows(wait).await[0].parse().unwrap();
            let least = f64::from(1 << attempt);
            assert!((least - 5.0..=least * 1.5).contains(&wait), "attempt {attempt}: {wait} s");
            assert_eq!(job::step(&app, &WORK, id).await.unwrap(), Step::NotDue);
            assert_eq!(ran(&app).await, 0);
            desk.execute("update jobs set run_at = now()").await;
        }
        assert_eq!(ran(&app).await, 1);
        assert_eq!(states(desk).await, ["dead 10"]);
        desk.execute("delete from jobs").await;

        for payload in [r#"{"then": "fail"}"#, r#"{"then": "what is that"}"#, "[]"] {
            enqueue(desk, "k", payload).await;
            assert_eq!(ran(&app).await, 1);
            assert_eq!(desk.rows("select state || ' ' || attempt from jobs where finished_at is not null").await, ["dead 1"], "{payload}");
            desk.execute("delete from jobs").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_is_queued_once_with_the_earlier_time_and_anew_during_a_run() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        let at =
            |hours: i64| format!("select enqueue('{QUEUE}', 'k', '{{\"then\": \"retry_after_again\"}}', now() + interval '{hours} hours')::text");
        let (first, second) = (desk.rows(&at(3)).await, desk.rows(&at(1)).await);
        let third = desk.rows(&at(2)).await;
        assert_eq!((&first, &first), (&second, &third));
        let due = "select round(extract(epoch from run_at - now()) / 3600)::text from jobs";
        assert_eq!(desk.rows(due).await, ["1"]);

        desk.execute("update jobs set run_at = now()").await;
        assert_eq!(ran(&app).await, 1);
        // The one queued during the run does the work: the retry has nothing left to do, and is over.
        assert_eq!(states(desk).await, ["done 1", "queued 0"]);
        assert_eq!(desk.rows("select id::text from jobs where state = 'done' and finished_at is null").await, [""; 0]);
        desk.execute("delete from jobs").await;
    })
    .await;
}

#[tokio::test]
async fn a_retry_that_meets_the_same_key_being_queued_gives_way() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        for _ in 0..5 {
            enqueue(desk, "k", &format!(r#"{{"then": "retry_during_again", "url": "{}"}}"#, desk.database.url)).await;
            assert_eq!(ran(&app).await, 1);
            assert_eq!(states(desk).await, ["done 1", "queued 0"]);
            desk.execute("delete from jobs").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_lease_is_renewed_by_who_holds_it_alone() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        let id = enqueue(desk, "k", r#"{"then": "retry"}"#).await;
        let late = abandoned(&app, desk, id).await;
        let holds: Lease = app.db.get(CLAIM, &[QUEUE.into(), id.into(), 60.into()]).await.unwrap().unwrap();
        assert!(holds.renew(&app, 3600).await.unwrap());
        assert!(!late.renew(&app, 3600).await.unwrap());
        assert_eq!(desk.rows("select (locked_until > now() + interval '50 minutes')::text from jobs").await, ["true"]);
        desk.execute("delete from jobs").await;
    })
    .await;
}

#[tokio::test]
async fn of_two_runs_that_want_one_key_again_the_second_gives_way() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        let mut leases = Vec::new();
        for _ in 0..2 {
            let id = enqueue(desk, "k", r#"{"then": "retry"}"#).await;
            leases.push(app.db.get::<Lease>(CLAIM, &[QUEUE.into(), id.into(), 60.into()]).await.unwrap().unwrap());
        }
        let outcomes = [Outcome::broken(leases[0], "not\0now"), Outcome::broken(leases[1], "not now")];
        job::record(&app, QUEUE, &outcomes).await.unwrap();
        assert_eq!(desk.rows("select state || ' ' || last_error from jobs order by id").await, ["queued notnow", "done not now"]);
        desk.execute("delete from jobs").await;
    })
    .await;
}
