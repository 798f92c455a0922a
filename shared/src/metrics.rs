//! Prometheus metrics of this process, read at `/metrics`.
use std::sync::LazyLock;

use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

/// What is measured.
pub struct Metrics {
    registry: Registry,
    /// Requests by function-independent route template, method and status.
    pub requests: IntCounterVec,
    /// Seconds from the request's head to the response's head.
    pub seconds: HistogramVec,
    /// Runs of jobs by queue and what became of the job: done, retry, dead, or lost to another worker.
    pub jobs: IntCounterVec,
    /// Seconds that a job ran.
    pub job_seconds: HistogramVec,
    /// Attempts to deliver to a webhook by what came of them: delivered, failed, dead or withheld.
    pub webhooks: IntCounterVec,
    /// Runs of automation's rules by what came of them: done, skipped, failed, or lost to another worker.
    pub rules: IntCounterVec,
    /// Requests refused because one person made too many.
    pub rate_limited: IntCounter,
    /// Looks for a page that another process may have read, by whether it was there: hit or miss.
    pub cache_reads: IntCounterVec,
    /// Rows written into inboxes.
    pub notifications: IntCounter,
    /// Mails by what became of an attempt to send: sent, retry, refused, dropped.
    pub mails: IntCounterVec,
    /// Whether this process sends mail, or writes any to be sent.
    pub mail_enabled: IntGauge,
    /// Mails that came in, by what became of them.
    pub inbound_mails: IntCounterVec,
}

/// One set a process.
pub static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

impl Metrics {
    fn new() -> Self {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels).unwrap_or_else(|error| unreachable!("{error}"));
            let _registered_once = registry.register(Box::new(counter.clone()));
            counter
        };
        let requests = counter("itsm_http_requests_total", "Requests answered.", &["method", "route", "status"]);
        let jobs = counter("itsm_jobs_total", "Jobs run, by outcome.", &["queue", "outcome"]);
        let webhooks = counter("itsm_webhook_deliveries_total", "Attempts to deliver to webhooks, by outcome.", &["outcome"]);
        let rules = counter("itsm_rule_runs_total", "Runs of rules, by outcome.", &["outcome"]);
        let histogram = |name: &str, help: &str, labels: &[&str], buckets: &[f64]| {
            let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            let histogram = HistogramVec::new(options, labels).unwrap_or_else(|error| unreachable!("{error}"));
            let _registered_once = registry.register(Box::new(histogram.clone()));
            histogram
        };
        let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
        let seconds = histogram("itsm_http_request_seconds", "Time to answer, in seconds.", &["method", "route"], &buckets);
        let buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0];
        let job_seconds = histogram("itsm_job_seconds", "Time that a job ran, in seconds.", &["queue"], &buckets);
        let plain = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help).unwrap_or_else(|error| unreachable!("{error}"));
            let _registered_once = registry.register(Box::new(counter.clone()));
            counter
        };
        let notifications = plain("itsm_notifications_total", "Notifications put into inboxes.");
        let rate_limited = plain("itsm_rate_limited_total", "Requests refused because one person made too many.");
        let cache_reads = counter("itsm_cache_reads_total", "Looks for a page in the cache, by outcome.", &["outcome"]);
        for outcome in ["hit", "miss"] {
            cache_reads.with_label_values(&[outcome]).inc_by(0); // a rate needs a beginning
        }
        let mail_enabled =
            IntGauge::new("itsm_mail_enabled", "1 where SMTP_URL or MAIL_API_URL is set.").unwrap_or_else(|error| unreachable!("{error}"));
        let _registered_once = registry.register(Box::new(mail_enabled.clone()));
        let mails = counter("itsm_mails_total", "Attempts to send a mail, by outcome.", &["outcome"]);
        let inbound_mails = counter("itsm_inbound_mails_total", "Mails that came in, by outcome.", &["outcome"]);
        Self {
            registry,
            requests,
            seconds,
            jobs,
            job_seconds,
            webhooks,
            rules,
            rate_limited,
            cache_reads,
            notifications,
            mails,
            mail_enabled,
            inbound_mails,
        }
    }

    /// The text exposition format.
    pub fn text(&self) -> String {
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default()
    }
}
