//! The bell: tells workers that there is a job. Postgres holds the job; a lost, doubled or late ring changes latency alone.
//!
//! A ring says that something is due, not what to do first: who hears it claims what is most urgent in its queue.
use std::sync::Arc;

#[cfg(not(target_family = "wasm"))]
mod memory;
#[cfg(not(target_family = "wasm"))]
mod redis;
#[cfg(target_family = "wasm")]
mod spin;
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
    /// Redis Streams: one stream a queue, one group of workers.
    #[cfg(not(target_family = "wasm"))]
    Redis(Arc<redis::Streams>),
    /// A Redis channel a queue, by Spin's host.
    #[cfg(target_family = "wasm")]
    Redis(Arc<spin::Channels>),
    /// Amazon SQS; `{queue}` in the URL stands for the queue's name.
    #[cfg(not(target_family = "wasm"))]
    Sqs(Arc<sqs::Sqs>),
}

impl Queue {
    /// From `QUEUE_URL`; opens nothing yet.
    #[cfg(not(target_family = "wasm"))]
    pub fn new(url: &str) -> anyhow::Result<Self> {
        Ok(match url {
            "" => Self::Silent,
            "memory" => Self::Memory(Arc::default()),
            url if url.starts_with("redis://") => Self::Redis(Arc::new(redis::Streams::new(url)?)),
            url => Self::Sqs(Arc::new(sqs::Sqs::new(url))),
        })
    }

    /// From `queue_url`; opens nothing yet. Without a bell the scheduler's posts drain.
    #[cfg(target_family = "wasm")]
    pub fn new(url: &str) -> anyhow::Result<Self> {
        match url {
            "" => Ok(Self::Silent),
            url if url.starts_with("redis://") => Ok(Self::Redis(Arc::new(spin::Channels::new(url)?))),
            _ => anyhow::bail!("QUEUE_URL must be empty or redis://... on Spin"),
        }
    }

    /// Rings; never fails the caller, whose write is committed.
    pub async fn ring(&self, queue: &str, job: i64) {
        match self {
            Self::Silent => {}
            #[cfg(not(target_family = "wasm"))]
            Self::Memory(bell) => bell.ring(queue),
            Self::Redis(redis) => redis.ring(queue, job).await,
            #[cfg(not(target_family = "wasm"))]
            Self::Sqs(sqs) => sqs.ring(queue, job).await,
        }
        tracing::debug!(queue, job, "rang");
    }

    /// Whether a process works by itself. Without a bell its events do that, from a schedule or from another home's queue.
    pub fn has_bell(&self) -> bool {
        !matches!(self, Self::Silent)
    }

    /// An ear for one queue's bell. Messages of SQS come as events to Lambda: here nothing is heard of them.
    #[cfg(not(target_family = "wasm"))]
    pub fn listen(&self, queue: &str) -> Ear {
        match self {
            Self::Memory(bell) => Ear::Memory(bell.of(queue)),
            Self::Redis(redis) => Ear::Redis(redis.listen(queue)),
            Self::Silent | Self::Sqs(_) => Ear::Deaf,
        }
    }
}

/// Hears one queue's bell, for one worker.
#[cfg(not(target_family = "wasm"))]
#[derive(Debug)]
pub enum Ear {
    /// There is nothing to hear: the worker's own clock wakes it.
    Deaf,
    /// In this process.
    Memory(Arc<tokio::sync::Notify>),
    /// Messages of a stream.
    Redis(redis::Ear),
}

#[cfg(not(target_family = "wasm"))]
impl Ear {
    /// Until rung. It may be given up at any time, and nothing is lost.
    pub async fn heard(&mut self) {
        match self {
            Self::Deaf => std::future::pending().await,
            Self::Memory(bell) => bell.notified().await,
            Self::Redis(ear) => ear.heard().await,
        }
    }

    /// What was heard so far has been answered by a claim, and need not be told to another worker.
    pub fn answered(&mut self) {
        if let Self::Redis(ear) = self {
            ear.answered();
        }
    }
}
