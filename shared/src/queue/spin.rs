//! The bell on Spin: `PUBLISH itsm:jobs:QUEUE`, which the redis trigger of `spin.bell.toml` hears. Who does not listen at that moment
//! does not hear it, so the scheduler's posts stay.
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use spin_sdk::redis::Connection;
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;

/// Nanoseconds that one ring may hold up a request whose write is committed.
const PATIENCE: u64 = 250_000_000;
/// How long nothing is rung after a failure, so that a Redis that is away costs one request a second its patience, not all.
const REST: Duration = Duration::from_secs(1);

/// A connection for each ring: the host keeps none for us.
pub struct Redis {
    url: String,
    failed: Mutex<Option<Instant>>,
}

impl fmt::Debug for Redis {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis")
    }
}

impl Redis {
    /// `redis://[user:password@]host:port[/database]`
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), failed: Mutex::default() }
    }

    /// Publishes, and logs what it could not.
    pub async fn ring(&self, queue: &str, job: i64) {
        if self.failed().is_some_and(|failed| failed.elapsed() < REST) {
            return;
        }
        let rung = in_time(self.publish(queue, job)).await;
        *self.failed() = rung.as_ref().err().map(|_| Instant::now());
        if let Err(cause) = rung {
            tracing::warn!(queue, job, cause, "the bell did not ring");
        }
    }

    async fn publish(&self, queue: &str, job: i64) -> Result<(), String> {
        let told = |error: spin_sdk::redis::Error| error.to_string();
        let connection = Connection::open(&self.url).await.map_err(told)?;
        connection.publish(format!("itsm:jobs:{queue}"), job.to_string()).await.map_err(told)
    }

    fn failed(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What comes first: the outcome, or the end of our patience.
async fn in_time(rung: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let (mut rung, mut end) = (pin!(rung), pin!(wait_for(PATIENCE)));
    std::future::poll_fn(|context| match rung.as_mut().poll(context) {
        Poll::Ready(outcome) => Poll::Ready(outcome),
        Poll::Pending => end.as_mut().poll(context).map(|()| Err("no answer in time".to_owned())),
    })
    .await
}
