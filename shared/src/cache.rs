//! What a process may ask of Redis besides the bell: a page that another has read, and its share of a limit. Postgres holds the truth: without a Redis
//! that answers, the page is read again and each process keeps the limit by itself.
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[cfg(not(target_family = "wasm"))]
mod redis;
#[cfg(target_family = "wasm")]
mod spin;

#[cfg(not(target_family = "wasm"))]
use self::redis::Wire;
#[cfg(target_family = "wasm")]
use self::spin::Wire;

/// How long one command may hold up a request.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long nothing is asked after a failure, so that a Redis that is away costs one request a second its patience, not all.
const REST: Duration = Duration::from_secs(1);
/// Seconds of its inflow that a bucket of requests holds.
pub const DEPTH: u32 = 10;
/// Seconds that a page is kept for. Longer would do no harm, as a write finds a stale one; it is what a Redis that is full gets back.
const KEPT: &str = "600";

/// Takes a part of what is left in a bucket, at least 1; or tells how many milliseconds there is nothing. By the clock of Redis, so that the clocks of
/// processes do not count. What flows in in a minute, of how many parts one is taken, how many seconds of inflow the bucket holds.
const LEASE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local rate, part = ARGV[1] / 60000, tonumber(ARGV[2])
local most = math.max(1, rate * ARGV[3] * 1000)
local kept = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = most
if kept[1] then left = math.min(most, kept[1] + math.max(0, now - kept[2]) * rate) end
if left < 1 then return {0, math.ceil((1 - left) / rate)} end
local given = 1
if part > 0 then given = math.max(1, math.floor(left / part)) end
redis.call('HSET', KEYS[1], 'left', string.format('%.6f', left - given), 'at', string.format('%d', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(most / rate))
return {given, 0}";

/// A Redis, as one process asks it.
pub(crate) struct Redis {
    wire: Wire,
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
        Ok(Self { wire: Wire::new(url)?, failed: Mutex::default() })
    }

    /// For connections that wait for what comes.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn client(&self) -> ::redis::Client {
        self.wire.client()
    }

    /// The answer, element by element, as text; none where Redis does not give one, which is logged.
    pub(crate) async fn ask(&self, command: &str, arguments: &[&str]) -> Option<Vec<Option<String>>> {
        if self.rests() {
            return None;
        }
        let answer = self.wire.ask(command, arguments).await;
        *self.failed() = answer.as_ref().err().map(|_| Instant::now());
        answer.inspect_err(|cause| tracing::warn!(command, cause, "Redis does not answer")).ok()
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

    fn failed(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A Redis, or none.
#[derive(Debug, Clone, Default)]
pub struct Cache(Option<Arc<Redis>>);

/// What was taken of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// So many requests.
    Given(u32),
    /// There is nothing for so many milliseconds.
    Empty(i64),
}

/// Whether there is a Redis, as `/health/ready` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// None is set.
    None,
    /// It answers.
    Pass,
    /// It does not.
    Fail,
}

impl Standing {
    /// As the ready page spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

impl Cache {
    /// Whether a request may wait for what another one of this process reads. Where not, each reads.
    pub(crate) const TASKS_WAIT: bool = Wire::TASKS_WAIT;

    /// From `REDIS_URL`; opens nothing yet.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(if url.is_empty() { None } else { Some(Arc::new(Redis::new(url)?)) }))
    }

    /// Whether one is set.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Asks it.
    pub async fn standing(&self) -> Standing {
        match self.ask("PING", &[]).await {
            Some(_) => Standing::Pass,
            None if self.is_there() => Standing::Fail,
            None => Standing::None,
        }
    }

    /// The page under this name, if it is known.
    pub async fn get(&self, name: &str) -> Option<String> {
        self.ask("GET", &[&key(name)]).await?.into_iter().next().flatten()
    }

    /// Keeps a page for others, best-effort.
    pub async fn put(&self, name: &str, page: &str) {
        let _best_effort = self.ask("SET", &[&key(name), page, "EX", KEPT]).await;
    }

    /// Takes one of so many parts of what is left in a bucket into which so many flow in a minute, or, of no parts, one request; nothing where no Redis answers.
    pub async fn lease(&self, name: &str, minute: u32, parts: u32) -> Option<Lease> {
        let told = self.ask("EVAL", &[LEASE, "1", &key(name), &minute.to_string(), &parts.to_string(), &DEPTH.to_string()]).await?;
        let mut told = told.into_iter().map(|number| number?.parse::<i64>().ok());
        match (told.next()??, told.next()??) {
            (0, wait) => Some(Lease::Empty(wait)),
            (given, _) => Some(Lease::Given(u32::try_from(given).ok()?)),
        }
    }

    async fn ask(&self, command: &str, arguments: &[&str]) -> Option<Vec<Option<String>>> {
        self.0.as_ref()?.ask(command, arguments).await
    }
}

fn key(name: &str) -> String {
    format!("itsm:{name}")
}
