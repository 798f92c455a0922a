//! The bell on Spin: `PUBLISH itsm:jobs:QUEUE`, which the redis trigger of `spin.bell.toml` hears. Who does not listen at that moment
//! does not hear it, so the scheduler's posts stay.
use crate::cache::Redis;

/// One channel a queue.
#[derive(Debug)]
pub struct Channels(Redis);

impl Channels {
    /// `redis://[user:password@]host:port[/database]`
    pub fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(Redis::new(url)?))
    }

    /// Publishes, best-effort.
    pub async fn ring(&self, queue: &str, job: i64) {
        let _best_effort = self.0.ask("PUBLISH", &[&format!("itsm:jobs:{queue}"), &job.to_string()]).await;
    }
}
