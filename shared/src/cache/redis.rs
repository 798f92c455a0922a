//! Redis by its own protocol.
use std::sync::{Mutex, PoisonError};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, Value};

use super::PATIENCE;

/// A connection made at the first command and made anew when it breaks.
pub(super) struct Wire {
    client: Client,
    connection: Mutex<Option<ConnectionManager>>,
}

impl Wire {
    pub(super) const TASKS_WAIT: bool = true;

    pub(super) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self { client: Client::open(url)?, connection: Mutex::default() })
    }

    /// For connections that wait for what comes.
    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    /// The answer, element by element, as text, or why there is none in time.
    pub(super) async fn ask(&self, command: &str, arguments: &[&str]) -> Result<Vec<Option<String>>, String> {
        match tokio::time::timeout(PATIENCE, self.query(command, arguments)).await {
            Ok(answer) => answer.map(elements).map_err(|error| error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    async fn query(&self, command: &str, arguments: &[&str]) -> Result<Value, RedisError> {
        let mut connection = self.connection()?;
        redis::cmd(command).arg(arguments).query_async(&mut connection).await
    }

    fn connection(&self) -> Result<ConnectionManager, RedisError> {
        let mut kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
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
