//! The bell by Redis Streams: `XADD itsm:jobs:QUEUE`, one consumer group for the workers of a queue.
use crate::cache::Redis;

mod ear;
#[allow(unreachable_pub)] // a part of the public `queue::Ear`
pub use ear::Ear;

/// Messages that a stream keeps at most, about: what nobody heard by then, the workers' clocks find.
const MESSAGES: &str = "10000";

/// One stream a queue.
#[derive(Debug)]
pub struct Streams(Redis);

impl Streams {
    /// `redis://[user:password@]host:port[/database]`
    pub fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(Redis::new(url)?))
    }

    /// Adds a message, best-effort: workers look by themselves once a second.
    pub async fn ring(&self, queue: &str, job: i64) {
        let _best_effort = self.0.ask("XADD", &[&stream(queue), "MAXLEN", "~", MESSAGES, "*", "job", &job.to_string()]).await;
    }

    pub(super) fn listen(&self, queue: &str) -> Ear {
        Ear::open(self.0.client(), stream(queue))
    }
}

fn stream(queue: &str) -> String {
    format!("itsm:jobs:{queue}")
}
