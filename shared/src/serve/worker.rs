//! A worker of one queue in this process: woken by the bell and once a second, so many jobs at once as configured.
//!
//! Each turn is at most two statements, at the same time: what has ended is recorded in one, what is due claimed in the other. Short jobs are
//! claimed ahead of those that run ([`Ahead`]) and recorded together, so that they cost a part of a statement each.
use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::sleep;

use crate::app::App;
use crate::db::DbError;
use crate::function::JobWork;
use crate::job::{self, Claim, Lease, Outcome, claim};
use crate::queue::Ear;

mod ahead;
use ahead::Ahead;

/// How often it looks by itself: at the queue, and the scheduler at the clock.
const TICK: Duration = Duration::from_secs(1);
/// How long what has ended waits for others to be recorded with, while more is here to run.
const GATHER: Duration = Duration::from_millis(5);
/// What the runs under way get to end in, once told to stop.
const DRAIN: Duration = Duration::from_secs(20);

/// Works off the queue until `stop` says so, then lets the runs under way end.
pub(super) async fn work_off(app: App, work: JobWork, mut stop: watch::Receiver<bool>) {
    let mut worker = Worker::new(app, work);
    while !*stop.borrow() {
        match worker.turn().await {
            Ok(claimed) => worker.wait(claimed, &mut stop).await,
            Err(error) => {
                tracing::warn!(queue = work.queue, cause = %error, "could not work off the queue");
                sleep(TICK).await;
            }
        }
    }
    worker.give_back().await;
    if tokio::time::timeout(DRAIN, worker.finish()).await.is_err() {
        tracing::warn!(queue = work.queue, "jobs still under way were cut off");
    }
    worker.record_last().await;
}

/// Something, or all that is free, was claimed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claimed {
    /// More may be due.
    All,
    /// No more is due now.
    Rest,
}

struct Worker {
    app: App,
    work: JobWork,
    ear: Ear,
    running: JoinSet<(Outcome, Duration)>,
    ahead: Ahead,
    /// What each task holds, for one that panics and so cannot say it.
    leases: HashMap<Id, Lease>,
    /// Ended, and not yet recorded.
    ended: Vec<Outcome>,
    ticked: Option<Instant>,
}

impl Worker {
    fn new(app: App, work: JobWork) -> Self {
        let ear = app.queue.listen(work.queue);
        Self { app, work, ear, running: JoinSet::new(), ahead: Ahead::default(), leases: HashMap::new(), ended: Vec::new(), ticked: None }
    }

    /// Records what has ended while it claims as much as there is room for: neither waits for the other's commit.
    async fn turn(&mut self) -> Result<Claimed, DbError> {
        self.tick().await?;
        self.ended.extend(self.ahead.overdue().iter().map(|claim| Outcome::given_back(claim.lease)));
        let (app, work, room) = (self.app.clone(), self.work, self.ahead.room(self.app.job_concurrency, self.running.len()));
        let ended = std::mem::take(&mut self.ended);
        let claiming = async { if room == 0 { Ok(Vec::new()) } else { claim::due(&app, &work, room).await } };
        let (recorded, claims) = tokio::join!(record(&app, &work, &ended), claiming);
        if recorded.is_err() {
            self.ended = ended;
        }
        let claims = claims?;
        if room > 0 {
            self.ear.answered();
        }
        let claimed = if claims.len() == room { Claimed::All } else { Claimed::Rest };
        self.ahead.keep(claims);
        self.begin();
        recorded.map(|()| claimed)
    }

    /// As many as may run.
    fn begin(&mut self) {
        while self.running.len() < self.app.job_concurrency {
            let Some(claim) = self.ahead.next() else { return };
            let lease = claim.lease;
            let task = self.running.spawn(timed(self.app.clone(), self.work, claim));
            self.leases.insert(task.id(), lease);
        }
    }

    async fn tick(&mut self) -> Result<(), DbError> {
        match self.work.clock {
            Some(clock) if self.ticked.is_none_or(|ticked| ticked.elapsed() >= TICK) => {
                self.ticked = Some(Instant::now());
                clock(self.app.clone()).await
            }
            _ => Ok(()),
        }
    }

    /// Until there is something to do: runs have ended, a second is over or, where a run more is free to begin, the bell rings.
    async fn wait(&mut self, claimed: Claimed, stop: &mut watch::Receiver<bool>) {
        let begun = Instant::now();
        loop {
            let ended = tokio::select! {
                ended = self.running.join_next_with_id(), if !self.running.is_empty() => ended,
                () = self.ear.heard(), if claimed == Claimed::Rest => None,
                () = sleep(TICK) => None,
                _ = stop.changed() => None,
            };
            let Some(ended) = ended else { return };
            self.end(ended);
            if *stop.borrow() {
                return; // nothing more is begun
            }
            // Those that end at the same time are recorded together.
            tokio::task::yield_now().await;
            self.collect();
            self.begin();
            if self.ahead.is_empty() || begun.elapsed() >= GATHER {
                return;
            }
        }
    }

    fn collect(&mut self) {
        while let Some(ended) = self.running.try_join_next_with_id() {
            self.end(ended);
        }
    }

    fn end(&mut self, ended: Result<(Id, (Outcome, Duration)), JoinError>) {
        match ended {
            Ok((id, (outcome, time))) => {
                self.leases.remove(&id);
                self.ahead.took(time);
                self.ended.push(outcome);
            }
            Err(error) => {
                tracing::error!(queue = self.work.queue, cause = %error, "a job panicked");
                self.ended.extend(self.leases.remove(&error.id()).map(|lease| Outcome::broken(lease, "the job panicked")));
            }
        }
    }

    /// What was not begun is for others, at once: what is under way may take its time.
    async fn give_back(&mut self) {
        self.ended.extend(self.ahead.all().iter().map(|claim| Outcome::given_back(claim.lease)));
        self.record_last().await;
    }

    /// Lets everything under way end.
    async fn finish(&mut self) {
        while let Some(ended) = self.running.join_next_with_id().await {
            self.end(ended);
        }
    }

    /// Records what has ended.
    async fn record_last(&mut self) {
        if let Err(error) = record(&self.app, &self.work, &self.ended).await {
            tracing::warn!(queue = self.work.queue, cause = %error, "could not record the last jobs");
            return;
        }
        self.ended.clear();
    }
}

async fn timed(app: App, work: JobWork, claim: Claim) -> (Outcome, Duration) {
    let begun = Instant::now();
    (job::run(app, work, claim).await, begun.elapsed())
}

async fn record(app: &App, work: &JobWork, ended: &[Outcome]) -> Result<(), DbError> {
    if ended.is_empty() { Ok(()) } else { job::record(app, work.queue, ended).await }
}
