//! Redis by Spin's host.
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use spin_sdk::redis::{Connection, RedisParameter, RedisResult};
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;

/// Nanoseconds that one command may hold up a request.
const PATIENCE: u64 = 250_000_000;
/// How long nothing is asked after a failure, so that a Redis that is away costs one request a second its patience, not all.
const REST: Duration = Duration::from_secs(1);

/// A connection for each command: the host keeps none for us.
pub(crate) struct Redis {
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
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self { url: url.to_owned(), failed: Mutex::default() })
    }

    /// The answer, element by element, as text; none where Redis does not give one, which is logged.
    pub(crate) async fn ask(&self, command: &str, arguments: &[&str]) -> Option<Vec<Option<String>>> {
        if self.rests() {
            return None;
        }
        let answer = in_time(self.query(command, arguments)).await;
        *self.failed() = answer.as_ref().err().map(|_| Instant::now());
        match answer {
            Ok(results) => Some(results.into_iter().map(text).collect()),
            Err(cause) => {
                tracing::warn!(command, cause, "Redis does not answer");
                None
            }
        }
    }

    /// After a failure; the first who comes after that tries, and the others rest on meanwhile.
    fn rests(&self) -> bool {
        let mut failed = self.failed();
        let rests = failed.is_some_and(|failed| failed.elapsed() < REST);
        if failed.is_some() && !rests {
            *failed = Some(Instant::now());
        }
        rests
    }

    async fn query(&self, command: &str, arguments: &[&str]) -> Result<Vec<RedisResult>, String> {
        let told = |error: spin_sdk::redis::Error| error.to_string();
        let connection = Connection::open(&self.url).await.map_err(told)?;
        let arguments = arguments.iter().map(|argument| RedisParameter::Binary(argument.as_bytes().to_vec()));
        connection.execute(command, arguments).await.map_err(told)
    }

    fn failed(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text(result: RedisResult) -> Option<String> {
    match result {
        RedisResult::Nil => None,
        RedisResult::Status(text) => Some(text),
        RedisResult::Int64(number) => Some(number.to_string()),
        RedisResult::Binary(bytes) => String::from_utf8(bytes).ok(),
    }
}

/// What comes first: the outcome, or the end of our patience.
async fn in_time<T>(asked: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let (mut asked, mut end) = (pin!(asked), pin!(wait_for(PATIENCE)));
    std::future::poll_fn(|context| match asked.as_mut().poll(context) {
        Poll::Ready(outcome) => Poll::Ready(outcome),
        Poll::Pending => end.as_mut().poll(context).map(|()| Err("no answer in time".to_owned())),
    })
    .await
}
