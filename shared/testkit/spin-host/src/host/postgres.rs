//! `spin:postgres@4.2.0` over the driver and the pool that Spin uses, so that their ways are the same: a
//! statement is prepared each time it runs, the server infers the types of its parameters, a full pool makes
//! the next one wait, and an open transaction is not rolled back when a connection returns to the pool.
#![expect(
    clippy::result_large_err,
    reason = "the size of an error is the interface's"
)]

use std::collections::HashMap;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::config::Host as Address;
use tokio_postgres::{Config, NoTls, RowStream};
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Accessor, Destination, FutureReader, Resource, StreamProducer, StreamReader, StreamResult,
};

use super::Spin;
use super::bindings::spin::postgres::postgres::{
    Column, DbError, DbValue, Error, Host, HostConnection, HostConnectionWithStore, ParameterValue,
    QueryError,
};
use super::values;
use crate::outbound::Allowed;
use crate::state::State;

type Row = Vec<DbValue>;
type Answer = (
    Vec<Column>,
    StreamReader<Row>,
    FutureReader<Result<(), Error>>,
);

const CONNECTIONS: usize = 64;

/// One pool for each address, for all components.
#[derive(Default)]
pub struct Pools(Mutex<HashMap<String, Pool>>);

/// The handle that a guest holds. A query that still runs keeps the connection from the pool too.
#[derive(Clone)]
pub struct Connection(Arc<Object>);

impl Pools {
    fn get(&self, address: String, config: Config) -> Result<Pool, Error> {
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&address) {
            return Ok(pool.clone());
        }
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Clean,
        };
        let manager = Manager::from_config(config, NoTls, recycling);
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .build()
            .map_err(connection_failed)?;
        pools.insert(address, pool.clone());
        Ok(pool)
    }
}

fn connection_failed(error: impl std::fmt::Debug) -> Error {
    Error::ConnectionFailed(format!("{error:?}"))
}

fn other(error: impl std::fmt::Display) -> Error {
    Error::Other(error.to_string())
}

/// The address in parts, if the manifest allows each host in it.
fn permitted(allowed: &Allowed, address: &str) -> Result<Config, Error> {
    let config: Config = address
        .parse()
        .map_err(|error| Error::ConnectionFailed(format!("{error}")))?;
    let ports = config.get_ports();
    for (index, host) in config.get_hosts().iter().enumerate() {
        let Address::Tcp(host) = host else {
            return Err(Error::ConnectionFailed(
                "Unix sockets are not supported on WebAssembly".to_owned(),
            ));
        };
        let port = ports.get(index).or(ports.first()).copied();
        if !allowed.allows("postgres", host, port) {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            return Err(Error::ConnectionFailed(format!(
                "address postgres://{host}{port} is not permitted"
            )));
        }
    }
    Ok(config)
}

fn client<T>(
    accessor: &Accessor<T, Spin>,
    this: &Resource<Connection>,
) -> Result<Arc<Object>, Error> {
    accessor
        .with(|mut access| access.get().table.get(this).map(|found| found.0.clone()))
        .map_err(other)
}

impl Host for State {}

impl HostConnection for State {
    fn drop(&mut self, this: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl<T: Send> HostConnectionWithStore<T> for Spin {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        address: String,
    ) -> Result<Resource<Connection>, Error> {
        let pool = accessor.with(|mut access| {
            let state = access.get();
            let config = permitted(&state.component.allowed, &address)?;
            state.services.postgres.get(address, config)
        })?;
        let connection = Connection(Arc::new(pool.get().await.map_err(connection_failed)?));
        accessor
            .with(|mut access| access.get().table.push(connection))
            .map_err(other)
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        statement: String,
        parameters: Vec<ParameterValue>,
    ) -> Result<u64, Error> {
        let parameters = values::parameters(parameters)?;
        let client = client(accessor, &this)?;
        client
            .execute_raw(&statement, parameters)
            .await
            .map_err(query_failed)
    }

    /// The columns come with the statement, the rows as they arrive, the outcome behind them.
    async fn query_async(
        accessor: &Accessor<T, Self>,
        this: Resource<Connection>,
        statement: String,
        parameters: Vec<ParameterValue>,
    ) -> Result<Answer, Error> {
        let parameters = values::parameters(parameters)?;
        let client = client(accessor, &this)?;
        let statement = client.prepare(&statement).await.map_err(query_failed)?;
        let columns = statement.columns().iter().map(values::column).collect();
        let rows = client
            .query_raw(&statement, parameters)
            .await
            .map_err(query_failed)?;
        let (row, next) = mpsc::channel(4);
        let (outcome, end) = oneshot::channel();
        tokio::spawn(async move {
            let result = forward(rows, row).await;
            drop((statement, client));
            let _ = outcome.send(result);
        });
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, Rows(next)).map_err(other)?;
            let end = FutureReader::new(&mut access, end).map_err(other)?;
            Ok((columns, rows, end))
        })
    }
}

/// Ends early and well when the guest wants no more rows.
async fn forward(rows: RowStream, row: mpsc::Sender<Row>) -> Result<(), Error> {
    let mut rows = pin!(rows);
    while let Some(next) = rows.next().await {
        let next = next.map_err(query_failed)?;
        if row.send(values::row(&next)?).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// The guest's end of the channel of rows.
struct Rows(mpsc::Receiver<Row>);

impl<D> StreamProducer<D> for Rows {
    type Item = Row;
    type Buffer = Option<Row>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut store: StoreContextMut<'a, D>,
        mut destination: Destination<'a, Row, Option<Row>>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        // A read of nothing asks whether a read would wait; the answer may be a guess, and a row cannot be put back.
        if destination.remaining(&mut store) == Some(0) {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        let next = self.0.poll_recv(cx);
        if finish && next.is_pending() {
            return Poll::Ready(Ok(StreamResult::Cancelled));
        }
        Poll::Ready(Ok(match ready!(next) {
            None => StreamResult::Dropped,
            row => {
                destination.set_buffer(row);
                StreamResult::Completed
            }
        }))
    }
}

fn query_failed(error: tokio_postgres::Error) -> Error {
    let text = format!("{error:?}");
    Error::QueryFailed(match error.as_db_error() {
        None => QueryError::Text(text),
        Some(error) => QueryError::DbError(DbError {
            as_text: text,
            severity: error.severity().to_owned(),
            code: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().map(str::to_owned),
            extras: extras(error),
        }),
    })
}

/// The rest of an error, under the names that Spin gives it.
fn extras(error: &tokio_postgres::error::DbError) -> Vec<(String, String)> {
    let line = error.line().map(|line| line.to_string());
    [
        ("column", error.column()),
        ("constraint", error.constraint()),
        ("routine", error.routine()),
        ("hint", error.hint()),
        ("table", error.table()),
        ("datatype", error.datatype()),
        ("schema", error.schema()),
        ("file", error.file()),
        ("line", line.as_deref()),
        ("where_", error.where_()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
    .collect()
}
