//! What is measured of the whole desk: read from Postgres when somebody asks, the work that waits by one statement and not again for five seconds,
//! the tickets by another and not again for a minute.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use prometheus::{GaugeVec, Opts, Registry, TextEncoder};
use serde::Deserialize;

use crate::app::App;

/// Every gauge of the statements: its name, its help, its labels.
const KNOWN: [(&str, &str, &[&str]); 12] = [
    ("itsm_jobs", "Jobs that are not done, by state.", &["queue", "state"]),
    ("itsm_job_oldest_seconds", "How long the oldest job that is due has been waiting.", &["queue"]),
    ("itsm_schedule_late_seconds", "How late a schedule is whose time has come.", &["schedule"]),
    ("itsm_webhook_pending", "Deliveries that wait for their turn, or for their next attempt.", &[]),
    ("itsm_webhook_oldest_seconds", "How long the oldest delivery has been waiting.", &[]),
    ("itsm_webhook_endpoints", "Webhooks by how they fare: ok, failing, open circuit or disabled by the platform.", &["circuit"]),
    ("itsm_slas", "Clocks that stand: running, paused; of these, due within an hour, and breached.", &["stage"]),
    (
        "itsm_slas_completed",
        "Clocks of promises to callers that stopped, of incidents resolved within a day: met or breached.",
        &["metric", "outcome"],
    ),
    ("itsm_incidents", "Incidents that are neither closed nor canceled.", &["state", "priority"]),
    ("itsm_incidents_resolved", "Incidents resolved within a day.", &[]),
    ("itsm_incident_resolution_seconds", "From opened to resolved, of incidents resolved within a day.", &["quantile"]),
    ("itsm_incident_response_seconds", "From opened to the first answer, of incidents resolved within a day.", &["quantile"]),
];

/// The statements, and for how long what each said is kept.
const PARTS: [(&str, Duration); 2] =
    [(include_str!("../../sql/gauges.sql"), Duration::from_secs(5)), (include_str!("../../sql/gauges_desk.sql"), Duration::from_secs(60))];

/// What each statement last said; one for each process that is asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauges(Arc<[Mutex<Said>; 2]>);

/// When, and the text.
type Said = Option<(Instant, String)>;

#[derive(Deserialize)]
struct Measured {
    metric: String,
    labels: HashMap<String, String>,
    value: f64,
}

impl Gauges {
    /// The text exposition format; nothing while the database does not answer.
    pub(super) async fn text(&self, app: &App) -> String {
        let mut text = String::new();
        for ((statement, keep), said) in PARTS.iter().zip(self.0.iter()) {
            text += &measured(app, statement, *keep, said).await;
        }
        text
    }
}

async fn measured(app: &App, statement: &'static str, keep: Duration, said: &Mutex<Said>) -> String {
    let kept = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((_, text)) = kept.filter(|(read, _)| read.elapsed() < keep) {
        return text;
    }
    match app.db.get::<Vec<Option<Vec<Measured>>>>(statement, &[]).await {
        Ok(measured) => {
            let text = exposition(measured.into_iter().flatten().flatten().flatten());
            *said.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), text.clone()));
            text
        }
        Err(error) => {
            tracing::warn!(cause = %error, "could not measure the desk");
            String::new()
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
