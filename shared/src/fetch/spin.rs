//! By Spin's host: it resolves, connects and follows nothing. `allowed_outbound_hosts` says which component may, and the runtime's
//! configuration which networks none may.
use std::io::ErrorKind;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, HeaderValue, Request};
use http_body_util::BodyExt;
use spin_sdk::http::send;
use spin_sdk::wasip3::http::types::{ErrorCode, RequestOptions};
use spin_sdk::wasip3::http_compat::RequestOptionsExtension;

use super::{FetchError, Fetched, KEPT, Target, readable};

/// Nanoseconds until there is a connection.
const CONNECT: u64 = 5_000_000_000;
/// Nanoseconds until the answer begins.
const ANSWER: u64 = 10_000_000_000;
/// Nanoseconds, and pieces, that its body may take: the host's clock is for each piece, so their number is bounded too.
const PIECE: u64 = 1_000_000_000;
const PIECES: usize = 4;

/// Asks addresses of the Internet.
#[derive(Debug, Clone, Copy)]
pub struct Fetch {
    allow_private: bool,
}

impl Fetch {
    /// `allow_private` is for tests and a developer's machine.
    pub fn new(allow_private: bool) -> Self {
        Self { allow_private }
    }

    /// What of an address can be judged by its text.
    pub fn target(&self, url: &str) -> Result<Target, FetchError> {
        Target::parse(url, self.allow_private)
    }

    /// Posts this once, and answers what came back.
    pub async fn post(&self, url: &str, headers: HeaderMap, body: String) -> Result<Fetched, FetchError> {
        let target = self.target(url)?;
        // without a length it would be sent in chunks, which not every receiver reads
        let length = HeaderValue::from(body.len());
        let mut request = Request::post(target.uri).body(Body::from(body)).map_err(|error| FetchError::Broken(error.to_string()))?;
        *request.headers_mut() = headers;
        request.headers_mut().insert(CONTENT_LENGTH, length);
        request.extensions_mut().insert(RequestOptionsExtension(patience()));
        let response = send(request).await.map_err(|error| FetchError::Connection(told(&error)))?;
        let (status, mut body, mut kept) = (response.status().as_u16(), response.into_body(), Vec::new());
        for _ in 0..PIECES {
            match body.frame().await {
                Some(Ok(frame)) if kept.len() < KEPT => kept.extend(frame.into_data().unwrap_or_default()),
                _ => break,
            }
        }
        Ok(Fetched { status, body: readable(&kept) })
    }
}

/// In the words that the other homes have.
fn told(error: &ErrorCode) -> String {
    match error {
        ErrorCode::ConnectionRefused => ErrorKind::ConnectionRefused.to_string(),
        other => other.to_string(),
    }
}

/// What a host does not support it goes without: the lease is the outer bound.
fn patience() -> RequestOptions {
    let options = RequestOptions::new();
    let _supported = options.set_connect_timeout(Some(CONNECT));
    let _supported = options.set_first_byte_timeout(Some(ANSWER));
    let _supported = options.set_between_bytes_timeout(Some(PIECE));
    options
}
