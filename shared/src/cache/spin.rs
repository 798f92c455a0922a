//! Redis by Spin's host.
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use spin_sdk::redis::{Connection, RedisParameter, RedisResult};
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;

use super::PATIENCE;

/// A connection for each command: the host keeps none for us.
pub(super) struct Wire {
    url: String,
}

impl Wire {
    /// A component's tasks are woken by their host alone: one that sleeps until another is done ends all of them.
    pub(super) const TASKS_WAIT: bool = false;

    pub(super) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self { url: url.to_owned() })
    }

    /// The answer, element by element, as text, or why there is none in time.
    pub(super) async fn ask(&self, command: &str, arguments: &[&str]) -> Result<Vec<Option<String>>, String> {
        Ok(in_time(self.query(command, arguments)).await?.into_iter().map(text).collect())
    }

    async fn query(&self, command: &str, arguments: &[&str]) -> Result<Vec<RedisResult>, String> {
        let told = |error: spin_sdk::redis::Error| error.to_string();
        let connection = Connection::open(&self.url).await.map_err(told)?;
        let arguments = arguments.iter().map(|argument| RedisParameter::Binary(argument.as_bytes().to_vec()));
        connection.execute(command, arguments).await.map_err(told)
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
    let nanoseconds = u64::try_from(PATIENCE.as_nanos()).unwrap_or(u64::MAX);
    let (mut asked, mut end) = (pin!(asked), pin!(wait_for(nanoseconds)));
    std::future::poll_fn(|context| match asked.as_mut().poll(context) {
        Poll::Ready(outcome) => Poll::Ready(outcome),
        Poll::Pending => end.as_mut().poll(context).map(|()| Err("no answer in time".to_owned())),
    })
    .await
}
