//! What API Gateway's HTTP API does before and after a function: payload format 2.0.
use base64::{Engine, engine::general_purpose::STANDARD};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::event::ACCOUNT;
use crate::client::Reply;
use crate::home::Wire;

const HOST: &str = "desk.example.com";

/// The request as an event. The path goes as it came; that a real HTTP API decodes it is a test of its own.
pub(super) fn event(wire: &Wire) -> Value {
    let (path, query) = wire.path.split_once('?').unwrap_or((&wire.path, ""));
    let now = shared::app::now();
    let (body, encoded) = body(wire);
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(wire),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "desk",
            "domainName": HOST,
            "domainPrefix": "desk",
            "http": {"method": wire.method.as_str(), "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "testkit"},
            "requestId": Uuid::now_v7(),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "body": body,
        "isBase64Encoded": encoded,
    })
}

/// Names in lower case, repeated ones joined by a comma, and those that the gateway adds.
fn headers(wire: &Wire) -> Value {
    let mut all = Map::new();
    for name in wire.headers.keys() {
        let values: Vec<_> = wire.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        all.insert(name.as_str().to_owned(), values.join(",").into());
    }
    let trace = format!("Root=1-{:08x}-{:.24}", shared::app::now().as_second(), Uuid::now_v7().simple().to_string());
    let length = wire.body.len().to_string();
    let forwarded = [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-port", "443"), ("x-forwarded-proto", "https")];
    for (name, value) in [("host", HOST), ("content-length", &length), ("x-amzn-trace-id", &trace)].into_iter().chain(forwarded) {
        all.entry(name).or_insert_with(|| value.into());
    }
    all.into()
}

/// Text as it is, anything else in base64.
fn body(wire: &Wire) -> (Option<String>, bool) {
    let media = wire.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_text = ["text/", "application/json", "application/javascript", "application/xml"].iter().any(|text| media.starts_with(text));
    match std::str::from_utf8(&wire.body) {
        Ok("") => (None, false),
        Ok(text) if is_text => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(&wire.body)), true),
    }
}

/// The function's answer as a response; what is no answer is the gateway's own 500.
pub(super) fn reply(answer: &Value) -> Reply {
    let Some(status) = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()) else {
        println!("no response: {answer}");
        return Reply { status: 500, headers: HeaderMap::new(), body: r#"{"message":"Internal Server Error"}"#.into() };
    };
    let text = answer["body"].as_str().unwrap_or_default();
    let body = if answer["isBase64Encoded"] == true { STANDARD.decode(text).expect("base64") } else { text.into() };
    let mut headers = answered(answer);
    if !matches!(status, 204 | 304) {
        headers.entry(CONTENT_LENGTH).or_insert(body.len().into());
    }
    Reply { status, headers, body: String::from_utf8(body).expect("UTF-8") }
}

fn answered(answer: &Value) -> HeaderMap {
    let mut all = HeaderMap::new();
    let mut add = |name: &str, value: &Value| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        all.append(name, HeaderValue::from_str(value.as_str().expect("text")).expect("a header's value"));
    };
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        add(name, value);
    }
    for (name, values) in answer["multiValueHeaders"].as_object().into_iter().flatten() {
        values.as_array().into_iter().flatten().for_each(|value| add(name, value));
    }
    answer["cookies"].as_array().into_iter().flatten().for_each(|cookie| add("set-cookie", cookie));
    all
}
