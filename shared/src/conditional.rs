//! Conditional requests (RFC 9110, 13): the ETag is the row's version.
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::db::Json;
use crate::error::Error;

/// The versions that `If-Match` permits, or any.
#[derive(Debug, Clone)]
pub struct IfMatch(Option<Vec<i64>>);

impl IfMatch {
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

fn tags(parts: &Parts, header: &str) -> Result<Option<Vec<String>>, Error> {
    let Some(value) = parts.headers.get(header) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Error::BadRequest(format!("{header} must be ASCII.")))?;
    Ok(Some(text.split(',').map(|tag| tag.trim().trim_start_matches("W/").to_owned()).collect()))
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(tags) = tags(parts, "if-match")? else { return Ok(Self(None)) };
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
        Ok(Self(tags(parts, "if-none-match")?.unwrap_or_default()))
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
pub fn written(status: StatusCode, body: Json, location: Option<&str>) -> Result<Response, Error> {
    let tag = etag(&body)?;
    let mut response = json(status, body);
    cache_headers(&mut response, &tag);
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(location).ok()) {
        response.headers_mut().insert("location", location);
    }
    Ok(response)
}

/// JSON that was written elsewhere.
pub fn json(status: StatusCode, body: Json) -> Response {
    let mut response = (status, body).into_response();
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    response
}

fn etag(body: &str) -> Result<String, Error> {
    #[derive(Deserialize)]
    struct Versioned {
        version: i64,
    }
    let row: Versioned = serde_json::from_str(body).map_err(|error| Error::Internal(anyhow::anyhow!("a body without version: {error}")))?;
    Ok(format!("\"{}\"", row.version))
}

fn cache_headers(response: &mut Response, tag: &str) {
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert("etag", tag);
    }
    headers.insert("cache-control", HeaderValue::from_static("private, no-cache"));
    headers.insert("vary", HeaderValue::from_static("Authorization, Accept"));
}
