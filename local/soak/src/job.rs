//! The job: an effect that can be counted, and a fault point after it.
use rustix::process::{Signal, getpid, kill_process};
use serde::Deserialize;
use shared::app::App;
use shared::function::Function;
use shared::job::{Job, JobError, Lease};

/// A worker of it is a process like any function's.
pub const FUNCTION: Function = Function::job::<Effect>("soak");
/// The variable that names the file whose presence is a fault.
pub const FAULT: &str = "SOAK_FAULT";

/// Adds one row.
#[derive(Debug, Deserialize)]
pub struct Effect {
    /// Whether to do it as one should not: guarded by the lease alone, so that a killed worker's effect happens again.
    #[serde(default)]
    naive: bool,
}

/// The effect and the end of the job are one statement: there is nothing between them to be killed in.
const EFFECT: &str = "insert into effects (job, attempt) select job, $2::int8 from complete($1::int8, $2::int8) as job returning job::text";

/// The effect alone; the job is done later, if its worker lives.
const NAIVE: &str = "insert into effects (job, attempt) select job, $2::int8 from held($1::int8, $2::int8, 3) as job returning job::text";

impl Job for Effect {
    const QUEUE: &'static str = "soak";
    const LEASE: i64 = 3;

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        if app.db.row(if self.naive { NAIVE } else { EFFECT }, &[lease.id.into(), lease.attempt.into()]).await?.is_some() {
            fault();
        }
        Ok(())
    }
}

/// Between the effect and what the worker does after it: whoever takes the file away dies on the spot.
fn fault() {
    if let Some(file) = std::env::var_os(FAULT)
        && std::fs::remove_file(file).is_ok()
    {
        let _dead_by_then = kill_process(getpid(), Signal::KILL);
    }
}
