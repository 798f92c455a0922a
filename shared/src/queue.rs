//! The bell: tells a worker that a job is there. Postgres holds the job; a lost, doubled or late ring changes latency alone.
#[cfg(not(target_family = "wasm"))]
use std::sync::Arc;

#[cfg(not(target_family = "wasm"))]
mod memory;
#[cfg(not(target_family = "wasm"))]
mod sqs;

/// Where to ring, chosen by `QUEUE_URL`.
#[derive(Debug, Clone, Default)]
pub enum Queue {
    /// Nowhere: the schedule finds the work.
    #[default]
    Silent,
    /// Workers of this same process.
    #[cfg(not(target_family = "wasm"))]
    Memory(Arc<memory::Bell>),
    /// Amazon SQS; `{queue}` in the URL stands for the queue's name.
    #[cfg(not(target_family = "wasm"))]
    Sqs(Arc<sqs::Sqs>),
}

impl Queue {
    /// From `QUEUE_URL`; opens nothing yet.
    #[cfg(not(target_family = "wasm"))]
    pub fn new(url: &str) -> Self {
        match url {
            "" => Self::Silent,
            "memory" => Self::Memory(Arc::default()),
            url => Self::Sqs(Arc::new(sqs::Sqs::new(url))),
        }
    }

    /// Spin has no bell yet: its schedule drains.
    #[cfg(target_family = "wasm")]
    pub fn new(_: &str) -> Self {
        Self::Silent
    }

    /// Rings; never fails the caller, whose write is committed.
    pub async fn ring(&self, queue: &str, job: i64) {
        match self {
            Self::Silent => {}
            #[cfg(not(target_family = "wasm"))]
            Self::Memory(bell) => bell.ring(queue),
            #[cfg(not(target_family = "wasm"))]
            Self::Sqs(sqs) => sqs.ring(queue, job).await,
        }
        tracing::debug!(queue, job, "rang");
    }

    /// Whether a process works by itself. Without a bell its events do that, from a schedule or from another home's queue.
    pub fn has_bell(&self) -> bool {
        !matches!(self, Self::Silent)
    }

    /// Waits for a ring, at most `limit`; without a bell of this process it waits the whole time.
    #[cfg(not(target_family = "wasm"))]
    pub async fn wait(&self, queue: &str, limit: std::time::Duration) {
        match self {
            Self::Memory(bell) => bell.wait(queue, limit).await,
            _ => tokio::time::sleep(limit).await,
        }
    }
}
