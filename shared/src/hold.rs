//! Keeping a request open while nothing happens: a home whose process lives on between requests can, for a bounded number at once.
//! Where it cannot (Lambda, Spin), [`crate::app::App::hold`] is none, and a handler answers what there is.
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::error::Error;

type Waiting = Pin<Box<dyn Future<Output = bool> + Send>>;
type Wait = Arc<dyn Fn(Duration) -> Waiting + Send + Sync>;

/// Places that one session has at most: a browser keeps six connections to a host.
const EACH: usize = 6;
/// How long after its time a place is given to another: its client does not read what it was sent.
const GRACE: Duration = Duration::from_secs(5);

/// What the home has of it; cheap to clone.
#[derive(Clone)]
pub struct Hold {
    places: usize,
    taken: Arc<Mutex<Vec<Taken>>>,
    wait: Wait,
}

/// A request that is held open.
struct Taken {
    id: Uuid,
    session: Uuid,
    until: Instant,
}

/// One request's, until it is dropped.
pub struct Place {
    id: Uuid,
    taken: Arc<Mutex<Vec<Taken>>>,
    wait: Wait,
}

impl Hold {
    /// For so many at once. `wait` answers whether to go on: false when the process is to end. Handlers have no clock of their own to wait
    /// by, so that tests need none.
    pub fn new<F: Future<Output = bool> + Send + 'static>(places: usize, wait: impl Fn(Duration) -> F + Send + Sync + 'static) -> Self {
        Self { places, taken: Arc::default(), wait: Arc::new(move |time| Box::pin(wait(time))) }
    }

    /// For so long; 429 when all are taken, or as many by this session as one may have.
    pub fn place(&self, session: Uuid, time: Duration) -> Result<Place, Error> {
        let (now, id) = (Instant::now(), Uuid::now_v7());
        let mut taken = locked(&self.taken);
        taken.retain(|place| place.until > now);
        if taken.len() >= self.places || taken.iter().filter(|place| place.session == session).count() >= EACH {
            return Err(Error::TooManyRequests(5));
        }
        taken.push(Taken { id, session, until: now + time + GRACE });
        Ok(Place { id, taken: Arc::clone(&self.taken), wait: Arc::clone(&self.wait) })
    }
}

/// A panic elsewhere leaves the list as sound as it was.
fn locked(taken: &Mutex<Vec<Taken>>) -> MutexGuard<'_, Vec<Taken>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Place {
    /// Waits; whether to go on.
    pub async fn wait(&self, time: Duration) -> bool {
        (self.wait)(time).await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        locked(&self.taken).retain(|place| place.id != self.id);
    }
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").field("places", &self.places).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_six_and_a_place_whose_time_is_over_is_another_s() {
        let hold = Hold::new(8, |_| async { true });
        let (session, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let taken: Vec<Place> = (0..EACH).map(|_| hold.place(session, Duration::from_secs(25)).unwrap()).collect();
        assert!(hold.place(session, Duration::from_secs(25)).is_err());
        let others = [hold.place(other, Duration::from_secs(25)).unwrap(), hold.place(other, Duration::from_secs(25)).unwrap()];
        assert!(hold.place(other, Duration::from_secs(25)).is_err(), "all are taken");
        locked(&hold.taken)[0].until = Instant::now();
        let late = hold.place(other, Duration::from_secs(25)).unwrap();
        drop((taken, others, late));
        assert!(locked(&hold.taken).is_empty());
    }
}
