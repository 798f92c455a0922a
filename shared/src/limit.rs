//! How many requests one person may make, in all sessions and by all API keys: so many a minute, whatever functions and processes they come to.
//!
//! A bucket holds what flows into it in ten seconds, and each request takes one out of it. It is kept in Redis; a process that lives on takes a
//! twentieth of what is left in it at once and spends that by itself, so that few requests wait for Redis, and a process that asks for a person
//! once holds back little. One that does not live on (Lambda, Spin) asks for each request. Where no Redis answers, each process keeps a bucket of
//! its own, its part of the whole.
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use uuid::Uuid;

use crate::cache::{Cache, DEPTH, Lease, Standing};
use crate::config::LimitConfig;
use crate::error::Error;
use crate::metrics::METRICS;
use crate::remembered::Remembered;

/// In milliseconds.
const MINUTE: f64 = 60_000.0;
/// Of so many parts of what is left a process takes one at once.
const PARTS: u32 = 20;
/// Milliseconds after which what was taken and not spent is void: the bucket is full again by then, and what is kept would come on top of it.
const KEPT: i64 = 10_000;
/// Milliseconds after which whoever asks Redis is taken to have given up.
const ASKING: i64 = 1_000;
/// People of a generation that a process remembers; one takes about 100 bytes.
const PEOPLE: usize = 10_000;

/// The limit, and what this process may spend of it.
pub struct Limit {
    minute: u32,
    /// What this process's own bucket holds, and what flows into it in a millisecond.
    most: f64,
    rate: f64,
    cache: Cache,
    people: Mutex<Remembered<Uuid, Spending>>,
    /// When this process began: its clock, which nobody sets.
    begun: Instant,
}

/// Of one person, or one session, in this process. Times are milliseconds since that began.
#[derive(Debug, Clone, Copy)]
struct Spending {
    /// Taken from the bucket in Redis and not spent, until then.
    left: u32,
    until: i64,
    /// Before then there is nothing in it.
    shut: i64,
    /// Until then somebody asks for a share: whoever comes meanwhile asks for one request.
    asking: i64,
    /// The bucket that is this process's own, as it was then.
    own: f64,
    at: i64,
    /// Of a session: it does not count any more.
    over: bool,
}

#[derive(Debug, PartialEq)]
enum Step {
    Go,
    Wait(i64),
    /// Redis is to be asked for one of so many parts, or for one request.
    Ask(u32),
}

impl Limit {
    /// Nobody has asked anything yet.
    pub fn new(config: &LimitConfig, cache: Cache) -> Self {
        let rate = f64::from(config.minute) / f64::from(config.instances) / MINUTE;
        let people = Mutex::new(Remembered::new(PEOPLE));
        Self { minute: config.minute, most: (rate * f64::from(DEPTH) * 1000.0).max(1.0), rate, cache, people, begun: Instant::now() }
    }

    /// Takes one request of a person, or answers 429. `lives_on`: whether this process may take more than it spends at once.
    pub async fn take(&self, person: Uuid, lives_on: bool) -> Result<(), Error> {
        if self.minute == 0 {
            return Ok(());
        }
        let now = i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        let wait = match self.step(person, now, lives_on) {
            Step::Go => return Ok(()),
            Step::Wait(wait) => wait,
            Step::Ask(parts) => {
                let lease = self.cache.lease(&format!("limit:{person}"), self.minute, parts).await;
                match self.settle(person, now, parts, lease) {
                    None => return Ok(()),
                    Some(wait) => wait,
                }
            }
        };
        METRICS.rate_limited.inc();
        Err(Error::RateLimited { minute: self.minute, wait: u32::try_from(wait.max(1)).unwrap_or(u32::MAX).div_ceil(1000) })
    }

    /// Notes that a session does not count any more.
    pub fn over(&self, session: Uuid) {
        if self.minute == 0 {
            return;
        }
        let mut people = self.people();
        let spending = people.get(&session).unwrap_or_else(|| self.fresh(0));
        people.put(session, Spending { over: true, ..spending });
    }

    /// Whether that was noted. Nothing but the account is decided by it.
    pub fn is_over(&self, session: Uuid) -> bool {
        self.minute > 0 && self.people().get(&session).is_some_and(|spending| spending.over)
    }

    /// How it is counted now, as `/health/ready` says it.
    pub fn standing(&self, redis: Standing) -> &'static str {
        match redis {
            _ if self.minute == 0 => "off",
            Standing::Pass => "shared",
            Standing::None | Standing::Fail => "own",
        }
    }

    fn step(&self, person: Uuid, now: i64, lives_on: bool) -> Step {
        let mut people = self.people();
        let mut spending = people.get(&person).unwrap_or_else(|| self.fresh(now));
        let step = if spending.left > 0 && now < spending.until {
            spending.left -= 1;
            Step::Go
        } else if now < spending.shut {
            Step::Wait(spending.shut - now)
        } else if !self.cache.is_there() {
            self.own(&mut spending, now).map_or(Step::Go, Step::Wait)
        } else if lives_on && spending.asking <= now {
            spending.asking = now + ASKING;
            Step::Ask(PARTS)
        } else {
            Step::Ask(0)
        };
        people.put(person, spending);
        step
    }

    /// Milliseconds to wait, if this request may not pass.
    fn settle(&self, person: Uuid, now: i64, parts: u32, lease: Option<Lease>) -> Option<i64> {
        let mut people = self.people();
        let mut spending = people.get(&person).unwrap_or_else(|| self.fresh(now));
        if parts > 0 {
            spending.asking = 0;
        }
        let wait = match lease {
            Some(Lease::Given(given)) => {
                let left = if now < spending.until { spending.left } else { 0 };
                (spending.left, spending.until) = (left + given.saturating_sub(1), now + KEPT);
                None
            }
            Some(Lease::Empty(wait)) => {
                spending.shut = now + wait;
                Some(wait)
            }
            None => self.own(&mut spending, now),
        };
        people.put(person, spending);
        wait
    }

    /// Takes one out of the process's own bucket, or tells how long there is none.
    fn own(&self, spending: &mut Spending, now: i64) -> Option<i64> {
        let flowed = u32::try_from((now - spending.at).max(0)).map_or(f64::MAX, f64::from) * self.rate;
        spending.own = (spending.own + flowed).min(self.most);
        spending.at = now.max(spending.at);
        if spending.own >= 1.0 {
            spending.own -= 1.0;
            return None;
        }
        Some(((1.0 - spending.own) / self.rate).ceil() as i64)
    }

    fn fresh(&self, now: i64) -> Spending {
        Spending { left: 0, until: 0, shut: 0, asking: 0, own: self.most, at: now, over: false }
    }

    fn people(&self) -> MutexGuard<'_, Remembered<Uuid, Spending>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limit").field("minute", &self.minute).field("cache", &self.cache).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(minute: u32, instances: u32, redis: &str) -> Limit {
        Limit::new(&LimitConfig { minute, instances }, Cache::new(redis).unwrap())
    }

    /// Requests of one person that pass in so many milliseconds, one asked in each.
    fn passed(limit: &Limit, from: i64, milliseconds: i64) -> usize {
        let person = Uuid::nil();
        (from..from + milliseconds).filter(|now| limit.step(person, *now, true) == Step::Go).count()
    }

    #[test]
    fn without_redis_a_process_lets_its_part_through() {
        // A bucket of 100, and ten a second.
        let whole = limit(600, 1, "");
        assert_eq!(passed(&whole, 0, 20_000), 100 + 199);
        assert_eq!(passed(&whole, 60_000, 1), 1);
        assert_eq!(whole.step(Uuid::max(), 0, true), Step::Go, "another person has a bucket of their own");
        assert_eq!(passed(&limit(600, 4, ""), 0, 20_000), 25 + 49);
        // However small the limit, somebody who comes once comes through, and hears how long to wait after that.
        let small = limit(1, 3, "");
        let [first, second] = [0, 60_000].map(|now| small.step(Uuid::nil(), now, true));
        assert!(first == Step::Go && matches!(second, Step::Wait(120_000..=120_001)), "{first:?}, {second:?}"); // a float's last bit
    }

    #[tokio::test]
    async fn a_share_is_spent_before_redis_is_asked_again_and_is_void_after_a_while() {
        let limit = limit(600, 1, "redis://127.0.0.1:1");
        let person = Uuid::nil();
        assert_eq!(limit.step(person, 0, true), Step::Ask(PARTS));
        assert_eq!(limit.step(person, 0, true), Step::Ask(0), "somebody asks for a share already");
        assert_eq!(limit.settle(person, 0, 0, Some(Lease::Given(1))), None);
        assert_eq!(limit.settle(person, 0, PARTS, Some(Lease::Given(5))), None);
        assert_eq!(passed(&limit, 1, 10), 4);
        assert_eq!(limit.settle(person, 20, PARTS, Some(Lease::Given(5))), None);
        assert_eq!(limit.step(person, 20 + KEPT, true), Step::Ask(PARTS));
        assert_eq!(limit.settle(person, 20 + KEPT, PARTS, Some(Lease::Empty(100))), Some(100));
        assert_eq!(limit.step(person, 90 + KEPT, true), Step::Wait(30));
        // Who asked and went away without an answer holds nobody up.
        assert_eq!(limit.step(person, 120 + KEPT, true), Step::Ask(PARTS));
        assert_eq!(limit.step(person, 120 + KEPT + ASKING, true), Step::Ask(PARTS));
        // A process that does not live on takes one.
        assert_eq!(limit.step(person, 5_000 + KEPT, false), Step::Ask(0));
        // Redis is away: the own bucket, which is full.
        assert_eq!(limit.settle(person, 5_000 + KEPT, 0, None), None);
    }

    #[tokio::test]
    async fn who_asks_too_much_is_told_when_to_come_again() {
        let limit = limit(1, 1, "");
        assert!(limit.take(Uuid::nil(), true).await.is_ok());
        let refused = limit.take(Uuid::nil(), true).await;
        assert!(matches!(refused, Err(Error::RateLimited { minute: 1, wait: 60 })), "{refused:?}");
        let off = super::tests::limit(0, 1, "");
        for _ in 0..1_000 {
            assert!(off.take(Uuid::nil(), true).await.is_ok());
        }
    }
}
