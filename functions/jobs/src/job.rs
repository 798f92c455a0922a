//! A job as the API shows it.
use serde::Deserialize;
use utoipa::ToSchema;

/// A job of the background.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct Job {
    /// Counts up.
    id: i64,
    /// Which function does it.
    queue: String,
    /// Unique among the queued of a queue; null for auditors, because it may name what they do not see.
    key: Option<String>,
    /// What to do it with; null for auditors.
    #[schema(value_type = Option<Object>)]
    payload: Option<serde::de::IgnoredAny>,
    /// Where it stands.
    state: State,
    /// 1 goes before all others, -1 after.
    priority: i64,
    /// How often it was begun.
    attempt: i64,
    /// How often it may be begun, from the start or from the last retry by hand on.
    max_attempts: i64,
    /// When it is due, or was.
    #[schema(format = "date-time")]
    run_at: String,
    /// When the last run began.
    #[schema(format = "date-time")]
    started_at: Option<String>,
    /// Until when the run that is under way holds it.
    #[schema(format = "date-time")]
    locked_until: Option<String>,
    /// When it was over.
    #[schema(format = "date-time")]
    finished_at: Option<String>,
    /// What the last run that failed said.
    last_error: Option<String>,
    /// When it was enqueued.
    #[schema(format = "date-time")]
    created_at: String,
}

/// A page of jobs, the newest first.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = JobPage)]
pub(crate) struct Page {
    items: Vec<Job>,
    /// The cursor of the next page, or null.
    next: Option<String>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
pub(crate) enum State {
    /// Waits for its time, or for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Over.
    Done,
    /// Failed as often as it may, or for good.
    Dead,
    /// Called off by an administrator.
    Canceled,
}

impl State {
    /// As the database and the API spell it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Canceled => "canceled",
        }
    }
}

/// The number in a path; what is none is the number of no job.
pub(crate) fn number(path: &str) -> Result<i64, shared::error::Error> {
    path.parse().map_err(|_| shared::error::Error::NotFound)
}
