//! What a handler may use: the database, the keys, the bell. One per process (per request on Spin).
use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Result, ensure};
use jiff::Timestamp;

use crate::cache::Cache;
use crate::client::Proxies;
use crate::config::{Config, MailConfig};
use crate::db::Db;
use crate::fetch::Fetch;
use crate::hold::Hold;
use crate::limit::Limit;
use crate::mail::Mail;
use crate::metrics::METRICS;
use crate::page::CursorKey;
use crate::queue::Queue;
use crate::slas::Shelf;
use crate::token::{Signer, Verifier};

/// The state of every router and job. Each layer of a router clones it for each request: that counts one reference, not one for each part.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Postgres, the only truth.
    pub db: Db,
    /// Rings the bell for a job.
    pub queue: Queue,
    /// Pages that another process has read.
    pub cache: Cache,
    /// What one person may ask.
    pub limit: Arc<Limit>,
    /// Jobs that a worker runs at once, of each queue.
    pub job_concurrency: usize,
    /// Checks access tokens.
    pub verifier: Arc<Verifier>,
    /// Makes access tokens; in `auth` alone.
    pub signer: Option<Arc<Signer>>,
    /// Signs page cursors.
    pub cursors: CursorKey,
    /// Asks addresses of the Internet.
    pub fetch: Fetch,
    /// Whose `X-Forwarded-For` counts.
    pub proxies: Arc<Proxies>,
    /// Sends mail, and knows the addresses that answers come to.
    pub mail: Arc<Mail>,
    /// What is said of mail that comes in.
    pub inbound: Arc<MailConfig>,
    /// Opens the internal routes.
    pub internal_token: Option<Arc<str>>,
    /// Whether events wake a job function without it.
    pub open_events: bool,
    /// Keeps what clocks are computed with.
    pub shelf: Shelf,
    /// Keeps requests open while nothing happens, where the home can.
    pub hold: Option<Hold>,
}

impl App {
    /// Opens nothing: the first statement connects, the first ring finds its queue.
    pub fn new(config: &Config) -> Result<Self> {
        let verifier = Verifier::new(&config.token.keys)?;
        let signer = config.token.signing_key.map(|seed| Signer::new(&seed));
        ensure!(signer.as_ref().is_none_or(|signer| verifier.knows(signer)), "JWT_KEYS does not hold the public half of JWT_SIGNING_KEY");
        let mail = Mail::new(&config.mail, config.secret_key)?;
        METRICS.mail_enabled.set(mail.sending_domain().is_some().into());
        let cache = Cache::new(&config.redis_url)?;
        Ok(Self(Arc::new(Parts {
            db: Db::new(&config.database)?,
            queue: Queue::new(&config.queue_url)?,
            limit: Arc::new(Limit::new(&config.limit, cache.clone())),
            cache,
            job_concurrency: config.job_concurrency,
            verifier: Arc::new(verifier),
            signer: signer.map(Arc::new),
            cursors: CursorKey::new(config.secret_key),
            fetch: Fetch::new(config.webhook_allow_private),
            proxies: Arc::new(Proxies::parse(&config.trusted_proxies)?),
            mail: Arc::new(mail),
            inbound: Arc::new(config.mail.clone()),
            internal_token: config.internal_token.as_deref().map(Into::into),
            open_events: config.open_events,
            shelf: Shelf::default(),
            hold: None,
        })))
    }

    /// The same with other parts.
    #[must_use]
    pub fn with(self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// The time of the request. Rules take it as a parameter.
    pub fn now(&self) -> Timestamp {
        now()
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The one clock, to the microsecond that Postgres keeps. `Timestamp::now` could panic, and would bring the text of every error of its
/// library into each component.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).ok().and_then(|micros| Timestamp::from_microsecond(micros).ok()).unwrap_or_default()
}
