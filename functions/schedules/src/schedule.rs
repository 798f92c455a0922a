//! A schedule as the API shows it.
use serde::Deserialize;
use utoipa::ToSchema;

/// What comes again, as a function declares it. It has no ETag: its times are those of a clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct Schedule {
    /// Names it.
    name: String,
    /// Where its job goes.
    queue: String,
    /// Minute, hour, day, month, weekday.
    #[schema(example = "30 2 * * *")]
    cron: String,
    /// Whose clock the expression is of (IANA).
    #[schema(example = "Europe/Berlin")]
    timezone: String,
    /// Whether it runs; a paused one lets its times go by.
    enabled: bool,
    /// When it comes next.
    #[schema(format = "date-time")]
    next_run_at: String,
    /// When it came last.
    #[schema(format = "date-time")]
    last_run_at: Option<String>,
}

/// A page of schedules, by name.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = SchedulePage)]
pub(crate) struct Page {
    items: Vec<Schedule>,
    /// The cursor of the next page, or null.
    next: Option<String>,
}
