//! The bell by Redis Streams: `XADD itsm:jobs:QUEUE`, one consumer group for the workers of a queue.
use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::streams::StreamMaxlen;
use redis::{AsyncCommands, Client, RedisError};

mod ear;
#[allow(unreachable_pub)] // a part of the public `queue::Ear`
pub use ear::Ear;

/// Messages that a stream keeps at most, about: what nobody heard by then, the workers' clocks find.
const MESSAGES: StreamMaxlen = StreamMaxlen::Approx(10_000);
/// How long one command may hold up a request whose write is committed.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long nothing is rung after a failure, so that a Redis that is away costs one request a second its patience, not all.
const REST: Duration = Duration::from_secs(1);

/// A connection made at the first ring and made anew when it breaks.
pub struct Redis {
    client: Client,
    ringing: Mutex<Option<ConnectionManager>>,
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
    pub fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self { client: Client::open(url)?, ringing: Mutex::default(), failed: Mutex::default() })
    }

    /// Adds a message, and logs what it could not add: workers look by themselves once a second.
    pub async fn ring(&self, queue: &str, job: i64) {
        if locked(&self.failed).is_some_and(|failed| failed.elapsed() < REST) {
            return;
        }
        let rung = match self.connection() {
            Ok(mut connection) => connection.xadd_maxlen::<_, _, _, _, String>(stream(queue), MESSAGES, "*", &[("job", job)]).await,
            Err(error) => Err(error),
        };
        *locked(&self.failed) = rung.as_ref().err().map(|_| Instant::now());
        if let Err(error) = rung {
            tracing::warn!(queue, job, cause = %error, "the bell did not ring");
        }
    }

    fn connection(&self) -> Result<ConnectionManager, RedisError> {
        let mut ringing = locked(&self.ringing);
        if let Some(connection) = ringing.as_ref() {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(PATIENCE);
        Ok(ringing.insert(ConnectionManager::new_lazy_with_config(self.client.clone(), config)?).clone())
    }

    pub(super) fn listen(&self, queue: &str) -> Ear {
        Ear::open(self.client.clone(), stream(queue))
    }
}

fn stream(queue: &str) -> String {
    format!("itsm:jobs:{queue}")
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
