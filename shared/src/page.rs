//! Keyset pages: `limit`, an opaque signed `cursor`, `{"items": [...], "next": cursor | null}` and a `Link` header (RFC 8288).
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::digest::common::KeyInit;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::conditional::json;
use crate::error::Error;

/// Items of a page where the caller does not say.
pub const DEFAULT_LIMIT: i64 = 50;
/// Items of a page at most.
pub const MAX_LIMIT: i64 = 200;
const TAG: usize = 16;

/// Signs cursors, so that a position is only ever one that we gave out, for the list and order that it was given out for.
#[derive(Clone)]
pub struct CursorKey(Hmac<Sha256>);

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey")
    }
}

/// Where a page ended: the sort keys of its last row, as Postgres wrote them.
pub type Position = Vec<String>;

impl CursorKey {
    /// From `SECRET_KEY`.
    pub fn new(key: [u8; 32]) -> Self {
        // HMAC pads a key with zeros to its block (RFC 2104), so this is the key itself.
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(&key);
        Self(Hmac::new(&block.into()))
    }

    fn mac(&self, list: &str, position: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(list.as_bytes());
        mac.update(&[0]);
        mac.update(position);
        mac
    }

    /// An opaque text for this position in this list (its route and order).
    pub fn seal(&self, list: &str, position: &Position) -> String {
        let plain = serde_json::to_vec(position).unwrap_or_default();
        let mut sealed = self.mac(list, &plain).finalize().into_bytes()[..TAG].to_vec();
        sealed.extend(plain);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The position; a cursor that is not ours, or of another list or order, is a 400.
    pub fn open(&self, list: &str, cursor: &str) -> Result<Position, Error> {
        let refused = || Error::BadRequest("The cursor is not one that this list gave out for this sort: start without it.".into());
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let (tag, plain) = sealed.split_at_checked(TAG).ok_or_else(refused)?;
        self.mac(list, plain).verify_truncated_left(tag).map_err(|_| refused())?;
        serde_json::from_slice(plain).map_err(|_| refused())
    }
}

/// The limit asked for, within its bounds.
pub fn limit(asked: Option<i64>) -> Result<i64, Error> {
    match asked.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => Err(Error::BadRequest(format!("limit must be from 1 to {MAX_LIMIT}."))),
    }
}

/// What a list statement answers: the items as Postgres wrote them, and where the page ended if there is more.
#[derive(Deserialize)]
struct Listed<'a> {
    #[serde(borrow)]
    items: &'a RawValue,
    next: Option<Position>,
}

#[derive(Serialize)]
struct Body<'a> {
    items: &'a RawValue,
    next: Option<&'a str>,
}

/// The page as a response. `list` names route and order, as given to [`CursorKey::open`].
pub fn page(cursors: &CursorKey, list: &str, uri: &Uri, listed: &str) -> Result<Response, Error> {
    let listed: Listed<'_> = serde_json::from_str(listed).map_err(|error| Error::Internal(error.into()))?;
    let next = listed.next.map(|position| cursors.seal(list, &position));
    let body = serde_json::to_string(&Body { items: listed.items, next: next.as_deref() }).map_err(|error| Error::Internal(error.into()))?;
    let mut response = json(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert("cache-control", HeaderValue::from_static("private, no-cache"));
    headers.insert("vary", HeaderValue::from_static("Authorization, Accept"));
    if let Some(link) = next.as_deref().and_then(|next| HeaderValue::from_str(&link(uri, next)).ok()) {
        headers.insert("link", link);
    }
    Ok(response)
}

fn link(uri: &Uri, next: &str) -> String {
    let kept = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let query: Vec<&str> = kept.collect();
    let lead = if query.is_empty() { String::new() } else { format!("{}&", query.join("&")) };
    format!("<{}?{lead}cursor={next}>; rel=\"next\"", uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_own_list_and_untouched_only() {
        let key = CursorKey::new([1; 32]);
        let position = vec!["2026-01-01T00:00:00+00:00".to_owned(), "x".to_owned()];
        let cursor = key.seal("incidents -opened_at", &position);
        assert_eq!(key.open("incidents -opened_at", &cursor).unwrap(), position);
        assert!(key.open("incidents opened_at", &cursor).is_err());
        assert!(CursorKey::new([2; 32]).open("incidents -opened_at", &cursor).is_err());
        for at in 0..cursor.len() {
            let mut tampered = cursor.clone().into_bytes();
            tampered[at] = if tampered[at] == b'A' { b'B' } else { b'A' };
            assert!(key.open("incidents -opened_at", &String::from_utf8(tampered).unwrap()).is_err(), "at {at}");
        }
        assert!(key.open("incidents -opened_at", "").is_err());
    }
}
