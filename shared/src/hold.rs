//! Keeping a request open while nothing happens: a home whose process lives on between requests can, for a bounded number at once.
//! Where it cannot (Lambda, Spin), [`crate::app::App::hold`] is none, and a handler answers what there is.
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;

type Waiting = Pin<Box<dyn Future<Output = bool> + Send>>;
type Wait = Arc<dyn Fn(Duration) -> Waiting + Send + Sync>;

/// What the home has of it; cheap to clone.
#[derive(Clone)]
pub struct Hold {
    places: Arc<Semaphore>,
    wait: Wait,
}

/// One request's, until it is dropped.
pub struct Place {
    _taken: OwnedSemaphorePermit,
    wait: Wait,
}

impl Hold {
    /// For so many at once. `wait` answers whether to go on: false when the process is to end. Handlers have no clock of their own to wait
    /// by, so that tests need none.
    pub fn new<F: Future<Output = bool> + Send + 'static>(places: usize, wait: impl Fn(Duration) -> F + Send + Sync + 'static) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), wait: Arc::new(move |time| Box::pin(wait(time))) }
    }

    /// 429 when all are taken.
    pub fn place(&self) -> Result<Place, Error> {
        let taken = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::TooManyRequests(5))?;
        Ok(Place { _taken: taken, wait: Arc::clone(&self.wait) })
    }
}

impl Place {
    /// Waits; whether to go on.
    pub async fn wait(&self, time: Duration) -> bool {
        (self.wait)(time).await
    }
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").field("free", &self.places.available_permits()).finish_non_exhaustive()
    }
}
