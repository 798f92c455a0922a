//! CloudEvents 1.0 over HTTP, binary and structured: Knative's sources, and whoever else posts them.
use axum::body::Bytes;
use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::Error;

/// `{"job": id}`: what a message of ours holds, and all it holds.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    /// The job that it names, if it names one.
    pub(super) job: Option<i64>,
}

#[derive(Deserialize)]
struct Structured {
    specversion: String,
    #[serde(rename = "type")]
    kind: String,
    id: String,
    source: String,
    data: Option<Box<RawValue>>,
    data_base64: Option<String>,
}

/// The job that an event names; an event of another kind, as a timer sends it, names none. What is no event of version 1.0 is a 400.
pub(super) fn job(headers: &HeaderMap, body: &Bytes) -> Result<Option<i64>, Error> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/cloudevents+json" {
        return structured(body);
    }
    if essence.starts_with("application/cloudevents") {
        return Err(Error::UnsupportedMediaType); // a batch: we ask for single events
    }
    if ["ce-id", "ce-source", "ce-type"].iter().any(|name| header(name).is_empty()) {
        return Err(refused("a binary CloudEvent has the headers ce-id, ce-source, ce-type and ce-specversion"));
    }
    version(header("ce-specversion"))?;
    Ok(named(body))
}

fn structured(body: &[u8]) -> Result<Option<i64>, Error> {
    let event: Structured = serde_json::from_slice(body).map_err(|_| refused("a structured CloudEvent is a JSON object with its attributes"))?;
    if [&event.id, &event.source, &event.kind].iter().any(|attribute| attribute.is_empty()) {
        return Err(refused("id, source and type are not empty"));
    }
    version(&event.specversion)?;
    Ok(match (event.data, event.data_base64) {
        (Some(data), _) => named(data.get().as_bytes()),
        (None, Some(data)) => named(&STANDARD.decode(data).map_err(|_| refused("data_base64 is base64"))?),
        (None, None) => None,
    })
}

/// Our message; or the fields of a Redis Stream's entry, as Knative's RedisStreamSource lists them. Data that is not ours is a wake-up like none.
fn named(data: &[u8]) -> Option<i64> {
    let message = || serde_json::from_slice::<Message>(data).ok()?.job;
    let entry = || match serde_json::from_slice::<Vec<String>>(data).ok()?.as_slice() {
        [field, id] if field == "job" => id.parse().ok(),
        _ => None,
    };
    message().or_else(entry)
}

fn version(version: &str) -> Result<(), Error> {
    if version == "1.0" { Ok(()) } else { Err(refused("specversion is 1.0")) }
}

fn refused(what: &str) -> Error {
    Error::BadRequest(format!("Not a CloudEvent: {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    const BINARY: [(&str, &str); 5] =
        [("ce-id", "1"), ("ce-source", "/q"), ("ce-type", "itsm.job"), ("ce-specversion", "1.0"), ("content-type", "application/json")];

    #[test]
    fn binary_and_structured_name_the_same_job() {
        let body = |text: &str| Bytes::from(text.to_owned());
        assert_eq!(job(&headers(&BINARY), &body(r#"{"job":7}"#)).unwrap(), Some(7));
        assert_eq!(job(&headers(&BINARY), &body("")).unwrap(), None);
        assert_eq!(job(&headers(&BINARY), &body(r#"{"message":"tick"}"#)).unwrap(), None);
        assert_eq!(job(&headers(&BINARY), &body(r#"["job","7"]"#)).unwrap(), Some(7));
        for other in ["[]", "[\"job\"]", "[\"job\",\"x\"]", "[\"fruit\",\"7\"]", "7", "null"] {
            assert_eq!(job(&headers(&BINARY), &body(other)).unwrap(), None, "{other}");
        }
        let structured = headers(&[("content-type", "application/cloudevents+json; charset=utf-8")]);
        let event = |rest: &str| body(&format!(r#"{{"specversion":"1.0","id":"1","source":"/q","type":"t"{rest}}}"#));
        assert_eq!(job(&structured, &event(r#","data":{"job":7}"#)).unwrap(), Some(7));
        assert_eq!(job(&structured, &event(r#","data_base64":"eyJqb2IiOjd9""#)).unwrap(), Some(7));
        assert_eq!(job(&structured, &event("")).unwrap(), None);
    }

    #[test]
    fn what_is_no_event_of_this_version_is_refused() {
        let structured = headers(&[("content-type", "application/cloudevents+json")]);
        for body in [
            "",
            "{}",
            "[]",
            r#"{"specversion":"0.3","id":"1","source":"/q","type":"t"}"#,
            r#"{"specversion":"1.0","id":"1"}"#,
            r#"{"specversion":"1.0","id":"","source":"/q","type":"t"}"#,
        ] {
            assert!(matches!(job(&structured, &Bytes::from(body)), Err(Error::BadRequest(_))), "{body}");
        }
        for (at, (left_out, _)) in BINARY.iter().enumerate().take(4) {
            let mut lines = BINARY.to_vec();
            lines.remove(at);
            assert!(job(&headers(&lines), &Bytes::new()).is_err(), "without {left_out}");
        }
        assert!(matches!(job(&headers(&[("content-type", "application/cloudevents-batch+json")]), &Bytes::new()), Err(Error::UnsupportedMediaType)));
    }
}
