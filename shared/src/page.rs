//! Keyset pages: `limit`, an opaque signed `cursor`, `{"items": [...], "next": cursor | null}` and a `Link` header (RFC 8288).
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LINK, VARY};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::digest::common::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::conditional::json;
use crate::csv::{Format, csv};
use crate::error::Error;
use crate::fields::project_all;

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

    /// The position; a cursor that is not ours, of another list or order, or of another version's shape, is a 400.
    pub fn open<const KEYS: usize>(&self, list: &str, cursor: &str) -> Result<[String; KEYS], Error> {
        let refused = || Error::BadRequest("The cursor is not one that this list gave out for this sort: start without it.".into());
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let (tag, plain) = sealed.split_at_checked(TAG).ok_or_else(refused)?;
        self.mac(list, plain).verify_truncated_left(tag).map_err(|_| refused())?;
        let position: Position = serde_json::from_slice(plain).map_err(|_| refused())?;
        position.try_into().map_err(|_| refused())
    }
}

/// The limit asked for, within its bounds.
pub fn limit(asked: Option<i64>) -> Result<i64, Error> {
    match asked.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => Err(Error::BadRequest(format!("limit must be from 1 to {MAX_LIMIT}."))),
    }
}

/// Where the page ended if there is more, and the items as Postgres wrote them. `next` comes first in a list statement's answer, so that
/// the items are never parsed: reading 50 incidents takes longer than everything else here.
fn parts(listed: &str) -> Option<(Option<Position>, &str)> {
    let rest = listed.strip_prefix(r#"{"next" : "#)?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter();
    let next = values.next()?.ok()?;
    let items = rest[values.byte_offset()..].strip_prefix(r#", "items" : "#)?;
    Some((next, items.strip_suffix('}')?))
}

/// How a page is shown.
#[derive(Debug)]
pub struct Shape<'a> {
    /// What the caller accepts.
    pub format: Format,
    /// The members to keep of each item; all if none.
    pub fields: Option<&'a [&'a str]>,
    /// The columns of CSV.
    pub columns: &'a [&'a str],
    /// How many items there are on all pages, if that was asked.
    pub total: Option<Total>,
}

/// A count that ends somewhere.
#[derive(Debug, Clone, Copy)]
pub struct Total {
    /// What was counted.
    pub counted: i64,
    /// Where counting ends.
    pub bound: i64,
}

/// The page as a response: JSON, whole. `list` names route and order, as given to [`CursorKey::open`].
pub fn page(cursors: &CursorKey, list: &str, uri: &Uri, listed: &str) -> Result<Response, Error> {
    shaped(cursors, list, uri, listed, &Shape { format: Format::Json, fields: None, columns: &[], total: None })
}

/// [`page`] as the caller wants it.
pub fn shaped(cursors: &CursorKey, list: &str, uri: &Uri, listed: &str, shape: &Shape<'_>) -> Result<Response, Error> {
    let (next, items) = parts(listed).ok_or_else(|| Error::Internal(anyhow::anyhow!("a list statement answers next, then items")))?;
    let next = next.map(|position| cursors.seal(list, &position));
    let mut response = match (shape.format, shape.fields) {
        (Format::Csv, _) => as_csv(csv(shape.columns, items)?),
        (Format::Json, Some(fields)) => json(StatusCode::OK, body(&project_all(items, fields)?, next.as_deref(), shape.total)),
        (Format::Json, None) => json(StatusCode::OK, body(items, next.as_deref(), shape.total)),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("Authorization, Accept"));
    if let Some(link) = next.as_deref().and_then(|next| HeaderValue::from_str(&link(uri, next)).ok()) {
        headers.insert(LINK, link);
    }
    Ok(response)
}

fn body(items: &str, next: Option<&str>, total: Option<Total>) -> String {
    // Base64url needs no escapes.
    let next = next.map_or_else(|| "null".to_owned(), |next| format!("\"{next}\""));
    let total = total.map_or_else(String::new, |Total { counted, bound }| {
        format!(r#","total":{counted},"total_is":"{}""#, if counted < bound { "exact" } else { "at_least" })
    });
    [r#"{"items":"#, items, r#","next":"#, &next, &total, "}"].concat()
}

fn as_csv(text: String) -> Response {
    let mut response = Response::new(text.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    response
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
        let position = ["2026-01-01T00:00:00+00:00", "x"].map(str::to_owned);
        let cursor = key.seal("incidents -opened_at", &position.to_vec());
        assert_eq!(key.open("incidents -opened_at", &cursor).unwrap(), position);
        assert!(key.open::<3>("incidents -opened_at", &cursor).is_err());
        assert!(key.open::<2>("incidents opened_at", &cursor).is_err());
        assert!(CursorKey::new([2; 32]).open::<2>("incidents -opened_at", &cursor).is_err());
        for at in 0..cursor.len() {
            let mut tampered = cursor.clone().into_bytes();
            tampered[at] = if tampered[at] == b'A' { b'B' } else { b'A' };
            assert!(key.open::<2>("incidents -opened_at", &String::from_utf8(tampered).unwrap()).is_err(), "at {at}");
        }
        assert!(key.open::<2>("incidents -opened_at", "").is_err());
    }

    #[test]
    fn next_comes_first_and_the_items_are_taken_as_they_are() {
        assert_eq!(parts(r#"{"next" : null, "items" : []}"#), Some((None, "[]")));
        let (next, items) = parts(r#"{"next" : ["a,\"}", "b"], "items" : [{"x":"}"},{}]}"#).unwrap();
        assert_eq!((next.unwrap(), items), (vec![r#"a,"}"#.to_owned(), "b".to_owned()], r#"[{"x":"}"},{}]"#));
        for other in [r#"{"items" : [], "next" : null}"#, r#"{"next" : 1, "items" : []}"#, "[]", ""] {
            assert_eq!(parts(other), None, "{other}");
        }
    }
}
