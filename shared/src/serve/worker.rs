//! A worker of one queue in this process: woken by the bell and once a second, so many jobs at once as configured.
//!
//! Each turn is at most two statements, at the same time: what has ended is recorded in one, what is due claimed in the other.
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

/// How often it looks by itself: at the queue, and the scheduler at the clock.
const TICK: Duration = Duration::from_secs(1);
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
    if tokio::time::timeout(DRAIN, worker.finish()).await.is_err() {
        tracing::warn!(queue = work.queue, "jobs still under way were cut off");
    }
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
    running: JoinSet<Outcome>,
    /// What each task holds, for one that panics and so cannot say it.
    leases: HashMap<Id, Lease>,
    /// Ended, and not yet recorded.
    ended: Vec<Outcome>,
    ticked: Option<Instant>,
}

impl Worker {
    fn new(app: App, work: JobWork) -> Self {
        let ear = app.queue.listen(work.queue);
        Self { app, work, ear, running: JoinSet::new(), leases: HashMap::new(), ended: Vec::new(), ticked: None }
    }

    /// Records what has ended while it claims as much as is free: neither waits for the other's commit.
    async fn turn(&mut self) -> Result<Claimed, DbError> {
        self.tick().await?;
        let (app, work, free) = (self.app.clone(), self.work, self.app.job_concurrency.saturating_sub(self.running.len()));
        let ended = std::mem::take(&mut self.ended);
        let claiming = async { if free == 0 { Ok(Vec::new()) } else { claim::due(&app, &work, free).await } };
        let (recorded, claims) = tokio::join!(record(&app, &work, &ended), claiming);
        if recorded.is_err() {
            self.ended = ended;
        }
        let claimed = self.begin(claims?, free);
        recorded.map(|()| claimed)
    }

    fn begin(&mut self, claims: Vec<Claim>, free: usize) -> Claimed {
        if free > 0 {
            self.ear.answered();
        }
        let claimed = if claims.len() == free { Claimed::All } else { Claimed::Rest };
        for claim in claims {
            let lease = claim.lease;
            let task = self.running.spawn(job::run(self.app.clone(), self.work, claim));
            self.leases.insert(task.id(), lease);
        }
        claimed
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

    /// Until there is something to do: a run has ended, a second is over or, where a run more is free to begin, the bell rings.
    async fn wait(&mut self, claimed: Claimed, stop: &mut watch::Receiver<bool>) {
        let ended = tokio::select! {
            ended = self.running.join_next_with_id(), if !self.running.is_empty() => ended,
            () = self.ear.heard(), if claimed == Claimed::Rest => None,
            () = sleep(TICK) => None,
            _ = stop.changed() => None,
        };
        if let Some(ended) = ended {
            self.end(ended);
            // Those that end at the same time are recorded together.
            tokio::task::yield_now().await;
            self.collect();
        }
    }

    fn collect(&mut self) {
        while let Some(ended) = self.running.try_join_next_with_id() {
            self.end(ended);
        }
    }

    fn end(&mut self, ended: Result<(Id, Outcome), JoinError>) {
        match ended {
            Ok((id, outcome)) => {
                self.leases.remove(&id);
                self.ended.push(outcome);
            }
            Err(error) => {
                tracing::error!(queue = self.work.queue, cause = %error, "a job panicked");
                self.ended.extend(self.leases.remove(&error.id()).map(|lease| Outcome::broken(lease, "the job panicked")));
            }
        }
    }

    /// Lets everything end, and records it.
    async fn finish(&mut self) {
        while let Some(ended) = self.running.join_next_with_id().await {
            self.end(ended);
        }
        if let Err(error) = record(&self.app, &self.work, &self.ended).await {
            tracing::warn!(queue = self.work.queue, cause = %error, "could not record the last jobs");
        }
    }
}

async fn record(app: &App, work: &JobWork, ended: &[Outcome]) -> Result<(), DbError> {
    if ended.is_empty() { Ok(()) } else { job::record(app, work.queue, ended).await }
}
