//! A function: a group of routes, or a job with its queue. It knows nothing of where it runs.
use std::future::Future;
use std::pin::Pin;

use axum::Router;

use crate::app::App;
use crate::db::DbError;
use crate::job::{self, Job, Step};

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
    /// Whether a schedule adds a job of its own at each tick.
    pub scheduled: bool,
    /// Runs one job: that with the id, or whichever is due.
    pub step: fn(App, Option<i64>) -> Stepping,
}

/// A step under way.
pub type Stepping = Pin<Box<dyn Future<Output = Result<Step, DbError>> + Send>>;

impl Function {
    /// A group of routes.
    pub const fn http(name: &'static str, routes: fn() -> Router<App>) -> Self {
        Self { name, work: Work::Http(routes) }
    }

    /// A job that others enqueue.
    pub const fn job<J: Job + 'static>(name: &'static str) -> Self {
        Self { name, work: Work::Job(JobWork { queue: J::QUEUE, scheduled: false, step: job::boxed_step::<J> }) }
    }

    /// A job that a schedule wakes; its payload is then `{}`.
    pub const fn scheduled<J: Job + 'static>(name: &'static str) -> Self {
        Self { name, work: Work::Job(JobWork { queue: J::QUEUE, scheduled: true, step: job::boxed_step::<J> }) }
    }

    /// The function's own routes; a job has none of its own.
    pub fn routes(&self) -> Router<App> {
        match self.work {
            Work::Http(routes) => routes(),
            Work::Job(_) => Router::new(),
        }
    }
}
