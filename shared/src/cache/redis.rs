//! Redis by its own protocol.
use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, RedisError, Value};

/// How long one command may hold up a request.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long nothing is asked after a failure, so that a Redis that is away costs one request a second its patience, not all.
const REST: Duration = Duration::from_secs(1);

/// A connection made at the first command and made anew when it breaks.
pub(crate) struct Redis {
    client: Client,
    connection: Mutex<Option<ConnectionManager>>,
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
        Ok(Self { client: Client::open(url)?, connection: Mutex::default(), failed: Mutex::default() })
    }

    /// For connections that wait for what comes.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// The answer, element by element, as text; none where Redis does not give one, which is logged.
    pub(crate) async fn ask(&self, command: &str, arguments: &[&str]) -> Option<Vec<Option<String>>> {
        if self.rests() {
            return None;
        }
        let answer = match tokio::time::timeout(PATIENCE, self.query(redis::cmd(command).arg(arguments))).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        };
        *locked(&self.failed) = answer.as_ref().err().map(|_| Instant::now());
        match answer {
            Ok(value) => Some(elements(value)),
            Err(cause) => {
                tracing::warn!(command, cause, "Redis does not answer");
                None
            }
        }
    }

    /// After a failure; the first who comes after that tries, and the others rest on meanwhile.
    fn rests(&self) -> bool {
        let mut failed = locked(&self.failed);
        let rests = failed.is_some_and(|failed| failed.elapsed() < REST);
        if failed.is_some() && !rests {
            *failed = Some(Instant::now());
        }
        rests
    }

    async fn query(&self, command: &Cmd) -> Result<Value, RedisError> {
        let mut connection = self.connection()?;
        command.query_async(&mut connection).await
    }

    fn connection(&self) -> Result<ConnectionManager, RedisError> {
        let mut kept = locked(&self.connection);
        if let Some(connection) = kept.as_ref() {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(PATIENCE);
        Ok(kept.insert(ConnectionManager::new_lazy_with_config(self.client.clone(), config)?).clone())
    }
}

/// Of whatever else there is nothing is asked for.
fn elements(value: Value) -> Vec<Option<String>> {
    match value {
        Value::Array(values) => values.into_iter().flat_map(elements).collect(),
        Value::Int(number) => vec![Some(number.to_string())],
        Value::BulkString(bytes) => vec![String::from_utf8(bytes).ok()],
        Value::SimpleString(text) => vec![Some(text)],
        Value::Okay => vec![Some("OK".into())],
        _ => vec![None],
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
