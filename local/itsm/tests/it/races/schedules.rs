//! Schedules: each run is enqueued once, however many schedulers look, and what was missed is caught up once.
use std::time::Duration;

use futures_util::future::join_all;
use itsm::functions::FUNCTIONS;
use shared::function::Work;
use shared::{job, schedule};
use testkit::{Desk, desk};

use crate::router::app;

async fn count(desk: &Desk) -> usize {
    desk.rows("select id::text from jobs where queue = 'sweep' and key like 'schedule:%'").await.len()
}

#[tokio::test]
async fn of_many_schedulers_one_enqueues() {
    desk(async |desk| {
        let apps: Vec<_> = (0..4).map(|_| app(&desk.database.url, 2)).collect();
        for round in 1..=15 {
            desk.execute("update schedules set next_run_at = now() where name = 'sweep'").await;
            let ticks = apps.iter().flat_map(|app| [schedule::tick(app), schedule::tick(app)]);
            assert!(join_all(ticks).await.into_iter().all(|tick| tick.is_ok()));
            assert_eq!(count(desk).await, round);
            desk.execute("update jobs set state = 'done'").await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_missed_is_caught_up_once_and_what_waits_is_not_doubled() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        desk.execute("delete from schedules where name <> 'sweep'; update schedules set next_run_at = now() - interval '3 days'").await;
        for _ in 0..3 {
            schedule::tick(&app).await.unwrap();
        }
        assert_eq!(count(desk).await, 1);
        assert_eq!(desk.rows("select (next_run_at > now() and next_run_at <= now() + interval '1 minute')::text from schedules").await, ["true"]);
        // Nobody worked it off yet when the next time came: it is the same job.
        desk.execute("update schedules set next_run_at = now() - interval '1 second'").await;
        schedule::tick(&app).await.unwrap();
        assert_eq!(count(desk).await, 1);
        desk.execute("delete from jobs").await;
    })
    .await;
}

#[tokio::test]
async fn one_that_cannot_be_read_holds_up_no_other() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        desk.execute(
            "delete from schedules; insert into schedules (name, queue, cron, timezone, next_run_at) values
             ('a', 'sweep', 'whenever', 'UTC', now()), ('b', 'sweep', '* * * * *', 'Europe/Atlantis', now()),
             ('c', 'sweep', '0 0 31 2 *', 'UTC', now()), ('d', 'sweep', '* * * * *', 'Europe/Berlin', now())",
        )
        .await;
        schedule::tick(&app).await.unwrap();
        schedule::tick(&app).await.unwrap();
        assert_eq!(desk.rows("select key from jobs order by key").await, ["schedule:c", "schedule:d"]);
        assert_eq!(desk.rows("select name from schedules where next_run_at = 'infinity'").await, ["c"]);
        let workers = FUNCTIONS.iter().filter_map(|function| if let Work::Job(work) = function.work { Some(work) } else { None });
        for work in workers.filter(|work| work.queue == "sweep") {
            job::drain(&app, &work, Duration::from_secs(60)).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn migrating_again_keeps_what_was_paused_and_its_time() {
    desk(async |desk| {
        desk.execute("update schedules set enabled = false, next_run_at = '2030-01-01' where name = 'sweep'; insert into schedules (name, queue, cron, next_run_at) values ('old', 'x', '* * * * *', now())").await;
        itsm::migrate::migrate(&desk.database.owner_url).await.unwrap();
        let sweep = "select enabled || ' ' || (next_run_at = '2030-01-01') from schedules where name in ('sweep', 'old')";
        assert_eq!(desk.rows(sweep).await, ["false true"]);
        desk.execute("update schedules set cron = '5 5 * * *' where name = 'sweep'").await;
        itsm::migrate::migrate(&desk.database.owner_url).await.unwrap();
        assert_eq!(desk.rows(sweep).await, ["false false"]);
    })
    .await;
}
