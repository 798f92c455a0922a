//! Request bodies and queries: checked at the edge, refused with the field at fault.
use std::collections::HashSet;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use sha2::{Digest, Sha256};

use crate::error::{Error, FieldError};

/// Bytes that a JSON body may have.
pub const LIMIT: usize = 1024 * 1024;

/// A JSON body. 400 when it is not JSON or names a field that does not exist, 422 when a field is not valid, 413, 415.
#[derive(Debug)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// SHA-256 of the bytes, hex: what an `Idempotency-Key` compares.
    pub digest: String,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        if !is_json(request.headers().get("content-type").and_then(|value| value.to_str().ok())) {
            return Err(Error::UnsupportedMediaType);
        }
        let bytes = Limited::new(request.into_body(), LIMIT).collect().await.map_err(|_| Error::TooLarge(LIMIT))?.to_bytes();
        let value = parse(&bytes)?;
        Ok(Self { value, digest: format!("{:x}", HexDigest(Sha256::digest(&bytes).into())) })
    }
}

fn is_json(content_type: Option<&str>) -> bool {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A JSON object into `T`, with the errors that the API promises.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let not_json = |error: &serde_json::Error| Error::BadRequest(format!("The body is not JSON: {error}."));
    // Twice: `T` would take an array for an object and the last of two members of one name, and tell a wrong type from a wrong text by chance.
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let sound: Result<Sound, _> = serde_path_to_error::deserialize(&mut json);
    sound.map_err(|error| if error.inner().is_data() { refused(&error) } else { not_json(error.inner()) })?;
    json.end().map_err(|error| not_json(&error))?;
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Error::invalid("", "It is a JSON object."));
    }
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes)).map_err(|error| refused(&error))
}

/// Any JSON, no object of which has two members of one name (RFC 8259, 4: what is received of such is unpredictable).
struct Sound;

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Sound {
    type Value = Self;

    fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value::<Self>()?;
            if let Some(name) = names.replace(name) {
                return Err(serde::de::Error::custom(format!("duplicate field `{name}`")));
            }
        }
        Ok(self)
    }
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let text = error.inner().to_string();
    if text.starts_with("unknown field") {
        return Error::BadRequest(format!("{}.", first_upper(strip_position(&text))));
    }
    let pointer: String = error.path().iter().filter_map(segment).collect();
    let detail = if text.starts_with("UUID parsing failed") { "It is an id (a UUID)." } else { strip_position(&text) };
    Error::Invalid(vec![FieldError { pointer, detail: detail.to_owned() }])
}

fn segment(segment: &serde_path_to_error::Segment) -> Option<String> {
    use serde_path_to_error::Segment;
    match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

fn strip_position(text: &str) -> &str {
    text.rfind(" at line ").map_or(text, |end| &text[..end])
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

struct HexDigest([u8; 32]);
impl std::fmt::LowerHex for HexDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// SHA-256 of a text, hex; for what is stored hashed (refresh tokens).
pub fn sha256_hex(text: &str) -> String {
    format!("{:x}", HexDigest(Sha256::digest(text).into()))
}

/// The query string into `T`; an unknown or malformed parameter is a 400, never ignored.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(value)| Self(value)).map_err(|error| {
            let text = error.body_text();
            Error::BadRequest(format!("{}.", first_upper(text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text))))
        })
    }
}

/// No query string at all, for routes that take none: as [`Query`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

impl<S: Send + Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Query::from_request_parts(parts, state).await.map(|Query(none)| none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        #[allow(dead_code)]
        size: u8,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Choice {
        #[allow(dead_code)]
        to: Way,
    }
    #[derive(Debug, serde::Deserialize)]
    enum Way {
        #[serde(rename = "on")]
        On,
    }

    #[test]
    fn each_kind_of_bad_body_has_its_answer() {
        assert!(parse::<Thing>(br#"{"size": 1}"#).is_ok());
        for not_json in ["{", "", "{\"size\": 1} x", "{\"size\": \"\u{1}\"}", "nope"] {
            assert!(matches!(parse::<Thing>(not_json.as_bytes()), Err(Error::BadRequest(_))), "{not_json}");
        }
        assert!(matches!(parse::<Thing>(br#"{"size": 1, "colour": 2}"#), Err(Error::BadRequest(_))));
        let doubled = r#"{"size": 1, "size": 2}"#;
        for invalid in [r#"{"size": 300}"#, r#"{"size": "x"}"#, "{}", doubled, "[]", "[1]", "null", r#"{"size": [{"a": 1, "a": 1}]}"#] {
            assert!(matches!(parse::<Thing>(invalid.as_bytes()), Err(Error::Invalid(_))), "{invalid}");
        }
        assert!(parse::<serde_json::Map<String, serde_json::Value>>(br#"{"custom": {"a": 1, "a": 2}}"#).is_err());
        assert!(matches!(parse::<Choice>(br#"{"to": 5}"#), Err(Error::Invalid(_))));
        let deep = "[".repeat(10_000);
        assert!(parse::<serde_json::Value>(deep.as_bytes()).is_err());
    }
}
