//! How many jobs a worker claims ahead of those that it runs: so many that short ones cost less than a statement each, and so few that none
//! waits here longer than it would to be claimed.
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::job::Claim;

/// What is claimed ahead is begun within this time, as long as jobs take what they have taken so far. A more urgent job waits no longer for it.
const SOON: Duration = Duration::from_millis(20);
/// Claimed at once, at most.
const MOST: usize = 64;
/// What has waited so long is given back: the jobs under way take longer than those before them, and another worker may be free.
const PATIENCE: Duration = Duration::from_secs(1);

/// Claimed, and not yet begun.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    waiting: VecDeque<Claim>,
    /// When the first of them was claimed, or the last that was begun.
    since: Option<Instant>,
    /// What a job takes, seconds: of the last ones more than of those before.
    takes: Option<f64>,
}

impl Ahead {
    /// How many more to claim now with so many under way: none while enough are here, so that a claim takes many.
    pub(super) fn room(&self, concurrency: usize, running: usize) -> usize {
        let batch = self.batch(concurrency);
        let room = batch.saturating_sub(running + self.waiting.len());
        if running < concurrency && self.waiting.is_empty() || room * 2 >= batch { room } else { 0 }
    }

    /// Jobs that a worker has at once, begun or not.
    pub(super) fn batch(&self, concurrency: usize) -> usize {
        let soon = self.takes.map_or(0.0, |takes| concurrency as f64 * SOON.as_secs_f64() / takes.max(1e-6));
        (soon as usize).clamp(concurrency, MOST.max(concurrency))
    }

    /// A job has taken so long.
    pub(super) fn took(&mut self, time: Duration) {
        let time = time.as_secs_f64();
        self.takes = Some(self.takes.map_or(time, |takes| takes + (time - takes) / 8.0));
    }

    pub(super) fn keep(&mut self, claims: Vec<Claim>) {
        self.waiting.extend(claims);
        self.since = Some(Instant::now());
    }

    /// The next to begin.
    pub(super) fn next(&mut self) -> Option<Claim> {
        self.since = Some(Instant::now());
        self.waiting.pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Those that nobody here comes to; then none are claimed ahead until jobs are short again.
    pub(super) fn overdue(&mut self) -> Vec<Claim> {
        if self.waiting.is_empty() || self.since.is_none_or(|since| since.elapsed() < PATIENCE) {
            return Vec::new();
        }
        self.takes = Some(PATIENCE.as_secs_f64());
        self.all()
    }

    /// All that were not begun.
    pub(super) fn all(&mut self) -> Vec<Claim> {
        self.waiting.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_jobs_are_claimed_ahead() {
        let mut ahead = Ahead::default();
        assert_eq!((ahead.room(4, 0), ahead.room(4, 3), ahead.room(4, 4)), (4, 1, 0), "nothing is known yet");
        ahead.took(Duration::from_secs(2));
        assert_eq!((ahead.room(4, 0), ahead.room(4, 3), ahead.room(4, 4)), (4, 1, 0));
        ahead.takes = None;
        ahead.took(Duration::from_millis(4));
        assert_eq!((ahead.batch(4), ahead.room(4, 0), ahead.room(4, 4)), (20, 20, 16));
        ahead.takes = None;
        ahead.took(Duration::from_micros(30));
        assert_eq!(ahead.batch(4), MOST);
        // One that is long makes the next claim small again.
        ahead.took(Duration::from_secs(10));
        assert_eq!(ahead.batch(4), 4);
        assert_eq!(ahead.batch(100), 100, "never fewer than may run");
    }
}
