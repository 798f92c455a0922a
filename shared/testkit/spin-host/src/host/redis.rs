//! `spin:redis@3.0.0`. Each `open` is a connection of its own, as it is with Spin.

use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, AsyncConnectionConfig, Cmd, IntoConnectionInfo, RedisError, Value};
use wasmtime::component::{Accessor, Resource};

use super::Spin;
use super::bindings::spin::redis::redis::{
    Error, Host, HostConnection, HostConnectionWithStore, RedisParameter, RedisResult,
};
use crate::state::State;

pub struct Connection(MultiplexedConnection);

fn other(error: impl std::fmt::Display) -> Error {
    Error::Other(error.to_string())
}

fn connection<T>(
    accessor: &Accessor<T, Spin>,
    this: &Resource<Connection>,
) -> Result<MultiplexedConnection, Error> {
    accessor
        .with(|mut access| access.get().table.get(this).map(|found| found.0.clone()))
        .map_err(other)
}

/// The address in parts, if the manifest allows it.
fn permitted(state: &State, address: &str) -> Option<redis::ConnectionInfo> {
    let info = address.into_connection_info().ok()?;
    let redis::ConnectionAddr::Tcp(host, port) = info.addr() else {
        return None;
    };
    state
        .component
        .allowed
        .allows("redis", host, Some(*port))
        .then_some(info)
}

impl Host for State {}

impl HostConnection for State {
    fn drop(&mut self, this: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl<T: Send> HostConnectionWithStore<T> for Spin {
    async fn open(
        accessor: &Accessor<T, Self>,
        address: String,
    ) -> Result<Resource<Connection>, Error> {
        let info = accessor
            .with(|mut access| permitted(access.get(), &address))
            .ok_or(Error::InvalidAddress)?;
        let client = redis::Client::open(info).map_err(|_| Error::InvalidAddress)?;
        let patient = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let opened = client
            .get_multiplexed_async_connection_with_config(&patient)
            .await;
        let connection = Connection(opened.map_err(other)?);
        let pushed = accessor.with(|mut access| access.get().table.push(connection));
        pushed.map_err(|_| Error::TooManyConnections)
    }

    async fn publish(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        channel: String,
        payload: Vec<u8>,
    ) -> Result<(), Error> {
        connection(accessor, &this)?
            .publish(channel, payload)
            .await
            .map_err(other)
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        key: String,
    ) -> Result<Option<Vec<u8>>, Error> {
        connection(accessor, &this)?.get(key).await.map_err(other)
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        key: String,
        value: Vec<u8>,
    ) -> Result<(), Error> {
        connection(accessor, &this)?
            .set(key, value)
            .await
            .map_err(other)
    }

    async fn incr(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        key: String,
    ) -> Result<i64, Error> {
        connection(accessor, &this)?
            .incr(key, 1)
            .await
            .map_err(other)
    }

    async fn del(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        keys: Vec<String>,
    ) -> Result<u32, Error> {
        connection(accessor, &this)?.del(keys).await.map_err(other)
    }

    async fn sadd(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        key: String,
        values: Vec<String>,
    ) -> Result<u32, Error> {
        connection(accessor, &this)?
            .sadd(key, values)
            .await
            .map_err(type_error)
    }

    async fn smembers(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        key: String,
    ) -> Result<Vec<String>, Error> {
        connection(accessor, &this)?
            .smembers(key)
            .await
            .map_err(other)
    }

    async fn srem(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        key: String,
        values: Vec<String>,
    ) -> Result<u32, Error> {
        connection(accessor, &this)?
            .srem(key, values)
            .await
            .map_err(other)
    }

    async fn execute(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        command: String,
        arguments: Vec<RedisParameter>,
    ) -> Result<Vec<RedisResult>, Error> {
        let mut connection = connection(accessor, &this)?;
        let mut cmd = Cmd::new();
        cmd.arg(command);
        for argument in arguments {
            match argument {
                RedisParameter::Int64(number) => cmd.arg(number),
                RedisParameter::Binary(bytes) => cmd.arg(bytes),
            };
        }
        let reply = cmd
            .query_async::<Value>(&mut connection)
            .await
            .map_err(other)?;
        let mut results = Vec::new();
        flatten(reply, &mut results)?;
        Ok(results)
    }
}

fn type_error(error: RedisError) -> Error {
    if error.kind() == redis::ErrorKind::UnexpectedReturnType {
        Error::TypeError
    } else {
        other(error)
    }
}

/// The interface has no nesting: the elements of an array stand one after another.
fn flatten(value: Value, results: &mut Vec<RedisResult>) -> Result<(), Error> {
    results.push(match value {
        Value::Nil => RedisResult::Nil,
        Value::Int(number) => RedisResult::Int64(number),
        Value::Boolean(truth) => RedisResult::Int64(truth.into()),
        Value::BulkString(bytes) => RedisResult::Binary(bytes),
        Value::Double(number) => RedisResult::Binary(number.to_string().into_bytes()),
        Value::SimpleString(text) => RedisResult::Status(text),
        Value::Okay => RedisResult::Status("OK".to_owned()),
        Value::Array(values) | Value::Set(values) => {
            return values
                .into_iter()
                .try_for_each(|value| flatten(value, results));
        }
        Value::ServerError(error) => return Err(other(format!("{error:?}"))),
        value => {
            return Err(other(format!(
                "this kind of reply is not supported: {value:?}"
            )));
        }
    });
    Ok(())
}
