//! The bell by Redis: what is rung is heard, acknowledged and gone; what a dead worker heard is taken over.
use std::time::{Duration, Instant};

use shared::app::App;
use shared::serve::Workers;
use soak::job::FUNCTION;
use soak::server::Redis;
use testkit::{Desk, desk};

const STREAM: &str = "itsm:jobs:soak";

struct Belfry {
    redis: Redis,
    app: App,
    _dir: tempfile::TempDir,
}

impl Belfry {
    async fn new(desk: &Desk) -> Self {
        desk.execute("create table effects (job bigint not null, attempt bigint not null); grant insert, select on effects to itsm_app").await;
        let dir = tempfile::tempdir().unwrap();
        let redis = Redis::start(dir.path()).unwrap();
        let config = itsm::serve::config_for(&desk.database.url, &testkit::home::secrets(), &redis.url()).unwrap();
        Self { app: App::new(&config).unwrap(), redis, _dir: dir }
    }

    fn workers(&self) -> Workers {
        let shared::function::Work::Job(work) = FUNCTION.work else { unreachable!("a job") };
        let mut workers = Workers::default();
        workers.start(&self.app, work);
        workers
    }

    async fn ring(&self, desk: &Desk, key: &str) {
        let id = desk.rows(&format!("select enqueue('soak', '{key}', '{{}}', now())::text")).await.remove(0);
        self.app.queue.ring("soak", id.parse().unwrap()).await;
    }

    /// Messages in the stream.
    fn length(&self) -> String {
        self.redis.ask(&["xlen", STREAM]).unwrap()
    }

    /// Until Redis answers this.
    async fn until(&self, command: &[&str], answer: &str) {
        let begun = Instant::now();
        while self.redis.ask(command).unwrap() != answer {
            assert!(begun.elapsed() < Duration::from_secs(30), "{command:?} does not come to {answer}: {:?}", self.redis.ask(command));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn done(desk: &Desk, count: usize) {
    let begun = Instant::now();
    while desk.rows("select id::text from jobs where state = 'done'").await.len() != count {
        assert!(begun.elapsed() < Duration::from_secs(30), "not {count} jobs are done");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_was_rung_before_anybody_listened_is_heard_and_acknowledged() {
    desk(async |desk| {
        let belfry = Belfry::new(desk).await;
        for key in ["a", "b", "c"] {
            belfry.ring(desk, key).await;
        }
        assert_eq!(belfry.length(), "3");
        let workers = belfry.workers();
        done(desk, 3).await;
        belfry.until(&["xlen", STREAM], "0").await;
        // Everything was taken from it; the group is made anew, and the next ring is heard.
        belfry.redis.flush().unwrap();
        belfry.until(&["exists", STREAM], "1").await;
        belfry.ring(desk, "d").await;
        done(desk, 4).await;
        belfry.until(&["xlen", STREAM], "0").await;
        workers.stop().await;
        belfry.app.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_worker_had_heard_is_taken_over() {
    desk(async |desk| {
        let belfry = Belfry::new(desk).await;
        let ask = |command: &[&str]| belfry.redis.ask(command).unwrap();
        ask(&["xgroup", "create", STREAM, "workers", "0", "mkstream"]);
        belfry.ring(desk, "a").await;
        let read = ask(&["xreadgroup", "group", "workers", "dead", "streams", STREAM, ">"]);
        let id = read.lines().nth(1).unwrap().trim().to_owned();
        ask(&["xclaim", STREAM, "workers", "dead", "0", &id, "idle", "60000"]);
        let workers = belfry.workers();
        done(desk, 1).await;
        belfry.until(&["xlen", STREAM], "0").await;
        assert!(ask(&["xpending", STREAM, "workers"]).starts_with('0'));
        workers.stop().await;
        belfry.app.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn without_redis_nobody_waits_for_the_bell_and_the_workers_clock_finds_the_job() {
    desk(async |desk| {
        let belfry = Belfry::new(desk).await;
        let workers = belfry.workers();
        belfry.redis.ask(&["shutdown", "nosave"]).unwrap();
        let begun = Instant::now();
        for key in ["a", "b", "c", "d", "e", "f"] {
            belfry.ring(desk, key).await;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        done(desk, 6).await;
        workers.stop().await;
        belfry.app.db.close().await;
    })
    .await;
}
