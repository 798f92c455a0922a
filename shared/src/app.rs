//! What a handler may use: the database, the keys, the bell. One per process (per request on Spin), cheap to clone.
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::config::Config;
use crate::db::Db;
use crate::page::CursorKey;
use crate::queue::Queue;
use crate::token::{Signer, Verifier};

/// The state of every router and job.
#[derive(Debug, Clone)]
pub struct App {
    /// Postgres, the only truth.
    pub db: Db,
    /// Rings the bell for a job.
    pub queue: Queue,
    /// Checks access tokens.
    pub verifier: Arc<Verifier>,
    /// Makes access tokens; in `auth` alone.
    pub signer: Option<Arc<Signer>>,
    /// Signs page cursors.
    pub cursors: CursorKey,
    /// Opens the internal routes.
    pub internal_token: Option<Arc<str>>,
}

impl App {
    /// Opens nothing: the first statement connects, the first ring finds its queue.
    pub fn new(config: &Config) -> Result<Self> {
        Ok(Self {
            db: Db::new(&config.database)?,
            queue: Queue::new(&config.queue_url),
            verifier: Arc::new(Verifier::new(&config.token.keys)?),
            signer: config.token.signing_key.map(|seed| Arc::new(Signer::new(&seed))),
            cursors: CursorKey::new(config.secret_key),
            internal_token: config.internal_token.as_deref().map(Into::into),
        })
    }

    /// The time of the request. Rules take it as a parameter.
    pub fn now(&self) -> Timestamp {
        now()
    }
}

/// The one clock, to the microsecond that Postgres keeps.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
