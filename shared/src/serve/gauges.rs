//! What is measured of the whole desk: read from Postgres by one statement when somebody asks, and not again for five seconds.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use prometheus::{GaugeVec, Opts, Registry, TextEncoder};
use serde::Deserialize;

use crate::app::App;

const GAUGES: &str = include_str!("../../sql/gauges.sql");
/// Every gauge of the statement: its name, its help, its labels.
const KNOWN: [(&str, &str, &[&str]); 7] = [
    ("itsm_jobs", "Jobs that are not done, by state.", &["queue", "state"]),
    ("itsm_job_oldest_seconds", "How long the oldest job that is due has been waiting.", &["queue"]),
    ("itsm_slas", "Clocks that stand: running, paused; of these, due within an hour, and breached.", &["stage"]),
    ("itsm_schedule_late_seconds", "How late a schedule is whose time has come.", &["schedule"]),
    ("itsm_webhook_pending", "Deliveries that wait for their turn, or for their next attempt.", &[]),
    ("itsm_webhook_oldest_seconds", "How long the oldest delivery has been waiting.", &[]),
    ("itsm_webhook_endpoints", "Webhooks by how they fare: ok, failing, open circuit or disabled by the platform.", &["circuit"]),
];
const KEPT: Duration = Duration::from_secs(5);

/// What was last read, and when; one for each process that is asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauges(Arc<Mutex<Option<(Instant, String)>>>);

#[derive(Deserialize)]
struct Measured {
    metric: String,
    labels: HashMap<String, String>,
    value: f64,
}

impl Gauges {
    /// The text exposition format; nothing while the database does not answer.
    pub(super) async fn text(&self, app: &App) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, text)) = kept.filter(|(read, _)| read.elapsed() < KEPT) {
            return text;
        }
        match app.db.get::<Vec<Option<Vec<Measured>>>>(GAUGES, &[]).await {
            Ok(measured) => {
                let text = exposition(measured.into_iter().flatten().flatten().flatten());
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), text.clone()));
                text
            }
            Err(error) => {
                tracing::warn!(cause = %error, "could not measure the desk");
                String::new()
            }
        }
    }
}

fn exposition(measured: impl Iterator<Item = Measured>) -> String {
    let registry = Registry::new();
    let gauge = |(name, help, labels): &(&'static str, &str, &[&str])| {
        let gauge = GaugeVec::new(Opts::new(*name, *help), labels).unwrap_or_else(|error| unreachable!("{error}"));
        let _registered_once = registry.register(Box::new(gauge.clone()));
        (*name, gauge)
    };
    let gauges: HashMap<&str, GaugeVec> = KNOWN.iter().map(gauge).collect();
    for Measured { metric, labels, value } in measured {
        let labels: HashMap<&str, &str> = labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if let Some(gauge) = gauges.get(metric.as_str()).and_then(|gauge| gauge.get_metric_with(&labels).ok()) {
            gauge.set(value);
        }
    }
    TextEncoder::new().encode_to_string(&registry.gather()).unwrap_or_default()
}
