//! A function: a group of routes, or a job with its queue. It knows nothing of where it runs.
use std::future::Future;
use std::pin::Pin;

use axum::Router;

use crate::app::App;
use crate::db::DbError;
use crate::job::{self, Claim, Job, JobError};
use crate::schedule;

/// What a function crate exports as `FUNCTION`.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// The folder, the package, the binary and the component.
    pub name: &'static str,
    /// What it does.
    pub work: Work,
}

/// Routes, or a queue to work off.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// Answers HTTP requests.
    Http(fn() -> Router<App>),
    /// Runs jobs.
    Job(JobWork),
}

/// A job type without its type.
#[derive(Debug, Clone, Copy)]
pub struct JobWork {
    /// The queue it works off.
    pub queue: &'static str,
    /// Seconds that a claim holds.
    pub lease: i64,
    /// Runs what was claimed.
    pub run: fn(App, Claim) -> Running,
    /// What it does whenever it is awake, before its own jobs: the scheduler's, or its own look at what is due.
    pub clock: Option<fn(App) -> Ticking>,
}

/// A run under way.
pub type Running = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
/// A look at the clock under way.
pub type Ticking = Pin<Box<dyn Future<Output = Result<(), DbError>> + Send>>;

impl JobWork {
    /// The work of a job's type.
    pub const fn of<J: Job + 'static>() -> Self {
        Self { queue: J::QUEUE, lease: J::LEASE, run: job::boxed::<J>, clock: None }
    }
}

impl Function {
    /// A group of routes.
    pub const fn http(name: &'static str, routes: fn() -> Router<App>) -> Self {
        Self { name, work: Work::Http(routes) }
    }

    /// A job that others enqueue, or a schedule does.
    pub const fn job<J: Job + 'static>(name: &'static str) -> Self {
        Self { name, work: Work::Job(JobWork::of::<J>()) }
    }

    /// A job whose workers also look at a clock of its own: what is due by other rows than `jobs`.
    pub const fn clocked<J: Job + 'static>(name: &'static str, clock: fn(App) -> Ticking) -> Self {
        Self { name, work: Work::Job(JobWork { clock: Some(clock), ..JobWork::of::<J>() }) }
    }

    /// A job whose workers also keep everybody's schedules. As many may as like: each run is enqueued once.
    pub const fn scheduler<J: Job + 'static>(name: &'static str) -> Self {
        Self { name, work: Work::Job(JobWork { clock: Some(schedule::boxed_tick), ..JobWork::of::<J>() }) }
    }

    /// The function's own routes; a job has none of its own.
    pub fn routes(&self) -> Router<App> {
        match self.work {
            Work::Http(routes) => routes(),
            Work::Job(_) => Router::new(),
        }
    }
}
