//! Reading a message that may be large. Who hands it over is known only when all of it is here, so a process has room for a few large ones at once;
//! a small one is read beside them.
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, Limited};
use shared::error::Error;

/// Bytes that a message may have.
const LIMIT: usize = 30 * 1024 * 1024;
/// Bytes of one that needs no place.
const SMALL: usize = 256 * 1024;
/// Large ones at once.
const PLACES: usize = 4;
/// Large ones under way in this process.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// A message, and its place for as long as it is held.
pub(crate) struct Raw {
    pub(crate) bytes: Bytes,
    _place: Option<Place>,
}

/// Given back when it is dropped.
struct Place;

impl Place {
    fn take() -> Result<Self, Error> {
        let more = TAKEN.fetch_update(Relaxed, Relaxed, |taken| (taken < PLACES).then_some(taken + 1));
        more.map(|_| Self).map_err(|_| Error::Busy(2))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        TAKEN.fetch_sub(1, Relaxed);
    }
}

/// All of it; 413 where it says itself that it is too large, or is; 503 where there is no place. One that does not say how large it is may be large.
pub(crate) async fn read(request: Request) -> Result<Raw, Error> {
    let said = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|length| length > LIMIT) {
        return Err(Error::TooLarge(LIMIT));
    }
    let (limit, place) = if said.is_some_and(|length| length <= SMALL) { (SMALL, None) } else { (LIMIT, Some(Place::take()?)) };
    let bytes = Limited::new(request.into_body(), limit).collect().await.map_err(|_| Error::TooLarge(limit))?.to_bytes();
    Ok(Raw { bytes, _place: place })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::Body;
    use futures_util::{FutureExt, stream};

    use super::*;

    fn sent(length: Option<usize>, body: Body) -> Request {
        let request = Request::builder();
        length.map_or(Request::builder(), |length| request.header(CONTENT_LENGTH, length)).body(body).unwrap()
    }

    /// One whose body does not come.
    fn slow(length: Option<usize>) -> Request {
        sent(length, Body::from_stream(stream::pending::<Result<Bytes, Infallible>>()))
    }

    #[test]
    fn a_few_large_ones_at_once_and_small_ones_beside_them() {
        let mut held: Vec<_> = [None, Some(LIMIT), None, Some(SMALL + 1)].map(|length| Box::pin(read(slow(length)))).into_iter().collect();
        for reading in &mut held {
            assert!(reading.now_or_never().is_none());
        }
        for large in [None, Some(SMALL + 1)] {
            assert!(matches!(read(slow(large)).now_or_never(), Some(Err(Error::Busy(_)))), "{large:?}");
        }
        let small = read(sent(Some(5), Body::from("Hello"))).now_or_never();
        assert_eq!(small.unwrap().unwrap().bytes, "Hello");
        held.pop();
        let large = read(sent(None, Body::from(vec![0; SMALL + 1]))).now_or_never().unwrap().unwrap();
        assert!(read(slow(None)).now_or_never().unwrap().is_err(), "its place is taken while it is held");
        drop(large);
        assert!(read(slow(None)).now_or_never().is_none());
        for length in [LIMIT + 1, 5] {
            let too_large = read(sent(Some(length), Body::from(vec![0; SMALL + 1]))).now_or_never();
            assert!(matches!(too_large, Some(Err(Error::TooLarge(_)))), "{length}");
        }
    }
}
