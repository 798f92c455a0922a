//! The rest of a request's body, where the answer did not wait for it (a 401, a 404, a 413).
//!
//! hyper closes a connection whose request was not read to its end. A client or a gateway that is still writing then meets a
//! reset and not the answer: nginx makes that a 502. So the rest is read and dropped, within bounds, before the answer goes out.
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;

/// Bytes read at most; gateways have limits of this size themselves.
const LIMIT: usize = 4 * 1024 * 1024;
/// How long an answer may wait for them.
const PATIENCE: Duration = Duration::from_secs(2);

/// The layer. A client that asks first (`Expect: 100-continue`) sends nothing that nobody reads.
pub(super) async fn read(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || request.headers().contains_key("expect") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Shared(Arc::new(Mutex::new(body)));
    let response = next.run(Request::from_parts(parts, Body::new(body.clone()))).await;
    if !body.is_end_stream() {
        let _late_or_broken = tokio::time::timeout(PATIENCE, body.drop_rest()).await;
    }
    response
}

/// A body that the handler reads, and that is still there when it is done.
#[derive(Clone)]
struct Shared(Arc<Mutex<Body>>);

impl Shared {
    fn body(&self) -> MutexGuard<'_, Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn drop_rest(mut self) {
        let mut dropped = 0;
        while let Some(Ok(frame)) = self.frame().await {
            dropped += frame.data_ref().map_or(0, Bytes::len);
            if dropped > LIMIT {
                return;
            }
        }
    }
}

impl HttpBody for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut *self.body()).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}
