//! Conditional requests (RFC 9110, 13): the ETag is the row's version.
use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, LOCATION, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use serde::Deserialize;
use uuid::Uuid;

use crate::db::Json;
use crate::error::Error;

/// The versions that `If-Match` permits, or any.
#[derive(Debug, Clone)]
pub struct IfMatch(Option<Vec<i64>>);

impl IfMatch {
    /// That version alone, or any: for writes that name it in their body.
    pub fn version(version: Option<i64>) -> Self {
        Self(version.map(|version| vec![version]))
    }

    /// Whether the request names versions at all (a lost race is then 412 and not retried).
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// 412 unless `version` is among those named.
    pub fn check(&self, version: i64) -> Result<(), Error> {
        match &self.0 {
            Some(versions) if !versions.contains(&version) => Err(Error::PreconditionFailed),
            _ => Ok(()),
        }
    }
}

/// Whether `If-None-Match` names this version.
#[derive(Debug, Clone)]
pub struct IfNoneMatch(Vec<String>);

fn tags(parts: &Parts, header: &HeaderName) -> Result<Option<Vec<String>>, Error> {
    let mut all: Option<Vec<String>> = None;
    // Several lines are one list (RFC 9110, 5.3); some gateways join them, others do not.
    for value in parts.headers.get_all(header) {
        let text = value.to_str().map_err(|_| Error::BadRequest(format!("{header} must be ASCII.")))?;
        all.get_or_insert_default().extend(text.split(',').map(|tag| tag.trim().trim_start_matches("W/").to_owned()));
    }
    Ok(all)
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(tags) = tags(parts, &IF_MATCH)? else { return Ok(Self(None)) };
        if tags.iter().any(|tag| tag == "*") {
            return Ok(Self(None));
        }
        // A tag that is not a version matches no row; that is 412 later, not a bad request.
        Ok(Self(Some(tags.iter().filter_map(|tag| tag.trim_matches('"').parse().ok()).collect())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self(tags(parts, &IF_NONE_MATCH)?.unwrap_or_default()))
    }
}

/// A body with its ETag; answers 304 where the reader has it already.
pub fn found(body: Json, unless: &IfNoneMatch) -> Result<Response, Error> {
    let tag = etag(&body)?;
    let known = unless.0.iter().any(|known| known == "*" || *known == tag);
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { json(StatusCode::OK, body) };
    cache_headers(&mut response, &tag);
    Ok(response)
}

/// The row as a write left it.
pub fn written(body: Json) -> Result<Response, Error> {
    let tag = etag(&body)?;
    let mut response = json(StatusCode::OK, body);
    cache_headers(&mut response, &tag);
    Ok(response)
}

/// The row that a POST to `collection` made: 201, with where it is now.
pub fn created(body: Json, collection: &str) -> Result<Response, Error> {
    let Row { id } = serde_json::from_str(&body).map_err(|error| Error::Internal(error.into()))?;
    let location = HeaderValue::try_from(format!("{collection}/{id}")).map_err(|error| Error::Internal(error.into()))?;
    let mut response = written(body)?;
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

#[derive(Deserialize)]
struct Row {
    id: Uuid,
}

/// JSON that was written elsewhere.
pub fn json(status: StatusCode, body: Json) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn etag(body: &str) -> Result<String, Error> {
    let version = version(body.as_bytes()).ok_or_else(|| Error::Internal(anyhow::anyhow!("a body without version")))?;
    Ok(format!("\"{version}\""))
}

/// The member `version` of the object itself, not of one within. A walk over the text, for parsing all of it to read one number
/// costs more than the rest of a request's Rust.
fn version(json: &[u8]) -> Option<i64> {
    let (mut at, mut depth) = (0, 0_u32);
    loop {
        at += memchr::memchr3(b'"', b'{', b'}', json.get(at..)?)?;
        match json[at] {
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            _ => {
                let end = end_of_string(json, at)?;
                let after = json[end + 1..].trim_ascii_start();
                if depth == 1 && json[at..=end] == *br#""version""# && after.starts_with(b":") {
                    let digits = after[1..].trim_ascii_start().split(|byte| !byte.is_ascii_digit()).next()?;
                    return std::str::from_utf8(digits).ok()?.parse().ok();
                }
                at = end;
            }
        }
        at += 1;
    }
}

/// Where the string that begins at `start` has its closing quote.
fn end_of_string(json: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', json.get(at..)?)?;
        if json[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

fn cache_headers(response: &mut Response, tag: &str) {
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("Authorization, Accept"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_of_the_object_itself() {
        for (json, found) in [
            (r#"{"id":"a","version":12,"updated_at":"x"}"#, Some(12)),
            (r#"{"custom":{"version": 3},"version":4}"#, Some(4)),
            (r#"{"items":[{"version":3}],"version" : 4}"#, Some(4)),
            (r#"{"note":"\"version\":5,\\","tail":"\\\\","version": 6}"#, Some(6)),
            (r#"{"note":"\\\",\"version\":5","version":7}"#, Some(7)),
            (r#"{"a":"version","version":8}"#, Some(8)),
            (r#"{"custom":{"version": 3}}"#, None),
            (r#"{"version":null}"#, None),
            ("{}", None),
            ("{\"a", None),
            ("}", None),
        ] {
            assert_eq!(version(json.as_bytes()), found, "{json}");
        }
    }
}
