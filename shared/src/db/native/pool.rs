//! Connections kept between statements.
//!
//! Ours, because `sqlx::Pool` pings each connection that it takes back: a second round trip for every statement, with the connection
//! busy meanwhile. Here it goes straight back. One that rested is asked before it is used, so that a server that was restarted, or
//! a middle box that forgot it, costs a ping and not a request.
//!
//! One is opened at a time, for it costs both sides more than many statements do; whoever waits for that takes one that comes back meanwhile.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, Error, Executor, Postgres};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// For a turn and a connection, together.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection that rested longer is asked whether it is still there.
const RESTED: Duration = Duration::from_secs(10);
/// One that rested longer is closed.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// One that is older is closed: what a server remembers for a connection, it remembers no longer.
const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// A bounded number of connections; cheap to clone.
#[derive(Clone)]
pub(super) struct Pool(Arc<Inner>);

struct Inner {
    options: PgConnectOptions,
    /// What each connection runs first.
    setup: Option<&'static str>,
    size: u32,
    turns: Semaphore,
    /// Who opens a connection.
    opening: Semaphore,
    /// One came back.
    returned: Notify,
    /// The one that was used last is used next.
    idle: Mutex<Vec<Kept>>,
}

struct Kept {
    connection: PgConnection,
    born: Instant,
    used: Instant,
}

impl Pool {
    /// Opens nothing yet.
    pub(super) fn new(options: PgConnectOptions, size: u32, setup: Option<&'static str>) -> Self {
        Self(Arc::new(Inner {
            options,
            setup,
            size,
            turns: Semaphore::new(size as usize),
            opening: Semaphore::new(1),
            returned: Notify::new(),
            idle: Mutex::default(),
        }))
    }

    /// All rows of one statement.
    pub(super) async fn fetch_all(&self, query: Query<'_, Postgres, PgArguments>) -> Result<Vec<PgRow>, Error> {
        let (_turn, mut kept) = timeout(PATIENCE, self.take()).await.map_err(|_| Error::PoolTimedOut)??;
        // If this is dropped half way (the client went away), so is the connection: it is in the middle of something.
        let outcome = query.fetch_all(&mut kept.connection).await;
        match &outcome {
            Err(error) if is_dead(error) => self.idle().clear(), // what ended this one has most likely ended all
            _ => self.put_back(kept),
        }
        outcome
    }

    /// Waits for the statements under way, then ends all connections.
    pub(super) async fn close(&self) {
        let _all_turns = self.0.turns.acquire_many(self.0.size).await;
        self.0.turns.close();
        let idle: Vec<Kept> = self.idle().drain(..).collect();
        for kept in idle {
            let _ends_anyway = kept.connection.close().await;
        }
    }

    async fn take(&self) -> Result<(SemaphorePermit<'_>, Kept), Error> {
        let turn = self.0.turns.acquire().await.map_err(|_| Error::PoolClosed)?;
        let mut opening = None;
        loop {
            while let Some(mut kept) = self.pop() {
                if kept.used.elapsed() < RESTED || kept.connection.ping().await.is_ok() {
                    return Ok((turn, kept));
                }
            }
            if opening.is_some() {
                break;
            }
            tokio::select! {
                biased;
                () = self.0.returned.notified() => {}
                mine = self.0.opening.acquire() => opening = Some(mine.map_err(|_| Error::PoolClosed)?),
            }
        }
        let mut connection = PgConnection::connect_with(&self.0.options).await?;
        if let Some(setup) = self.0.setup {
            connection.execute(setup).await?;
        }
        Ok((turn, Kept { connection, born: Instant::now(), used: Instant::now() }))
    }

    fn pop(&self) -> Option<Kept> {
        let mut idle = self.idle();
        idle.retain(|kept| kept.born.elapsed() < LIFETIME && kept.used.elapsed() < IDLE);
        idle.pop()
    }

    fn put_back(&self, kept: Kept) {
        self.idle().push(Kept { used: Instant::now(), ..kept });
        self.0.returned.notify_one();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the connection, or the way to it, is at fault and not the statement.
pub(super) fn is_dead(error: &Error) -> bool {
    match error {
        Error::Database(error) => matches!(error.code().as_deref(), Some("57P01" | "57P02" | "57P03")),
        Error::Io(_) | Error::Protocol(_) | Error::Tls(_) => true,
        _ => false,
    }
}

/// Without the options, which hold the password.
impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("size", &self.0.size).finish_non_exhaustive()
    }
}
