//! A worker in this process: how many at once, what first, and what becomes of a run that panics or is told to stop.
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use serde::Deserialize;
use shared::app::App;
use shared::config::Config;
use shared::function::JobWork;
use shared::job::{Job, JobError, Lease};
use shared::serve::Workers;
use testkit::{Desk, desk};
use tokio::sync::Semaphore;

/// An app whose bell rings in this process.
fn app(desk: &Desk, job_concurrency: usize) -> App {
    let config = itsm::serve::config_for(&desk.database.url, &testkit::home::secrets(), "memory").unwrap();
    App::new(&Config { job_concurrency, ..config }).unwrap()
}

/// Until so many jobs are in this state.
async fn until(desk: &Desk, state: &str, count: usize) {
    let counted = async {
        while desk.rows(&format!("select id::text from jobs where state = '{state}'")).await.len() != count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), counted).await.unwrap_or_else(|_| panic!("not {count} jobs are {state}"));
}

/// Runs until it is let go.
#[derive(Deserialize)]
struct Held {}
static GATE: Semaphore = Semaphore::const_new(0);
static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

impl Job for Held {
    const QUEUE: &'static str = "held";

    async fn run(self, _: &App, _: Lease) -> Result<(), JobError> {
        MOST.fetch_max(NOW.fetch_add(1, SeqCst) + 1, SeqCst);
        GATE.acquire().await.unwrap().forget();
        NOW.fetch_sub(1, SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn four_at_once_and_no_more_and_those_under_way_end_when_it_stops() {
    desk(async |desk| {
        let app = app(desk, 4);
        desk.execute("select enqueue('held', n::text, '{}', now()) from generate_series(1, 10) n").await;
        let mut workers = Workers::default();
        workers.start(&app, JobWork::of::<Held>());
        until(desk, "running", 4).await;
        GATE.add_permits(2);
        until(desk, "done", 2).await;
        let refilled = async {
            while NOW.load(SeqCst) != 4 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), refilled).await.unwrap();
        assert_eq!(MOST.load(SeqCst), 4);
        let stopping = tokio::spawn(workers.stop());
        GATE.add_permits(4);
        stopping.await.unwrap();
        assert_eq!(desk.rows("select state || ' ' || count(*) from jobs group by state order by 1").await, ["done 6", "queued 4"]);
        desk.execute("delete from jobs").await;
        app.db.close().await;
    })
    .await;
}

/// Notes in which order it ran; the odd one panics at first.
#[derive(Deserialize)]
struct Noted {
    name: String,
}
static NOTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Job for Noted {
    const QUEUE: &'static str = "noted";

    async fn run(self, _: &App, lease: Lease) -> Result<(), JobError> {
        assert!(self.name != "odd" || lease.attempt > 1, "as it was told to");
        NOTED.lock().unwrap().push(self.name);
        Ok(())
    }
}

#[tokio::test]
async fn the_more_urgent_first_and_a_panic_is_a_failure_like_any() {
    desk(async |desk| {
        let app = app(desk, 1);
        for (name, age, priority) in [("low", 9, -1), ("older", 8, 0), ("newer", 7, 0), ("high", 1, 1), ("later", -60, 1)] {
            desk.execute(&format!("select enqueue('noted', '{name}', '{{\"name\": \"{name}\"}}', now() - interval '{age} min', {priority})")).await;
        }
        let mut workers = Workers::default();
        workers.start(&app, JobWork::of::<Noted>());
        until(desk, "done", 4).await;
        assert_eq!(*NOTED.lock().unwrap(), ["high", "older", "newer", "low"]);
        desk.execute("select enqueue('noted', 'odd', '{\"name\": \"odd\"}', now())").await;
        let said = "select state from jobs where last_error = 'the job panicked'";
        let failed = async {
            while desk.rows(said).await != ["queued"] {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), failed).await.unwrap();
        desk.execute("update jobs set run_at = now() where key = 'odd'").await;
        until(desk, "done", 5).await;
        workers.stop().await;
        desk.execute("delete from jobs").await;
        app.db.close().await;
    })
    .await;
}

/// Short, but for those that wait until they are let go.
#[derive(Deserialize)]
struct Uneven {
    long: bool,
}
static OPEN: Semaphore = Semaphore::const_new(0);

impl Job for Uneven {
    const QUEUE: &'static str = "uneven";

    async fn run(self, _: &App, _: Lease) -> Result<(), JobError> {
        if self.long {
            OPEN.acquire().await.unwrap().forget();
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_was_claimed_behind_a_long_one_is_given_back_and_has_lost_no_attempt() {
    desk(async |desk| {
        let (app, another) = (app(desk, 1), app(desk, 1));
        let enqueue = "select enqueue('uneven', gen_random_uuid()::text, jsonb_build_object('long', n = 0), now() + n * interval '1 us', 0, 1)";
        desk.execute(&format!("{enqueue} from generate_series(1, 200) n")).await;
        let (mut workers, mut others) = (Workers::default(), Workers::default());
        workers.start(&app, JobWork::of::<Uneven>());
        until(desk, "done", 200).await;
        // Short jobs until now: a claim takes all of these, and then the first of them is long.
        desk.execute(&format!("{enqueue} from generate_series(0, 5) n")).await;
        until(desk, "running", 6).await;
        until(desk, "queued", 5).await;
        assert_eq!(desk.rows("select distinct (attempt - since)::text from jobs where state = 'queued'").await, ["0"]);
        others.start(&another, JobWork::of::<Uneven>());
        until(desk, "done", 205).await;
        OPEN.add_permits(1);
        until(desk, "done", 206).await;
        workers.stop().await;
        others.stop().await;
        desk.execute("delete from jobs").await;
        app.db.close().await;
        another.db.close().await;
    })
    .await;
}
