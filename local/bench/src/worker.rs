//! A worker whose jobs do nothing, or note when they ran.
use serde::Deserialize;
use shared::app::App;
use shared::function::Function;
use shared::job::{Job, JobError, Lease};

#[derive(Debug, Deserialize)]
struct Nothing {
    /// Whether to note the time, as an effect and in its statement.
    note: bool,
}
const NOTE: &str = "insert into noted (job, at) select job, clock_timestamp() from complete($1::int8, $2::int8) as job returning job::text";

impl Job for Nothing {
    const QUEUE: &'static str = "bench";

    async fn run(self, app: &App, lease: Lease) -> Result<(), JobError> {
        if self.note {
            app.db.row(NOTE, &[lease.id.into(), lease.attempt.into()]).await?;
        }
        Ok(())
    }
}

fn main() -> std::process::ExitCode {
    shared::serve::main(Function::job::<Nothing>("bench"))
}
