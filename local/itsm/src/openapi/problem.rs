//! The problems (RFC 9457) that any route may answer, as components of the document.
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};

/// What went wrong (RFC 9457).
#[derive(ToSchema)]
#[allow(dead_code)]
pub(super) struct Problem {
    /// What kind of problem; stable. `urn:itsm:problem:` and a word.
    #[schema(example = "urn:itsm:problem:invalid")]
    r#type: String,
    /// The kind for people.
    title: String,
    /// As in the response's head.
    status: u16,
    /// What is wrong this time, and what to do.
    detail: String,
    /// The path that was asked for.
    instance: String,
    /// As in `X-Request-Id`; finds the request in the log.
    request_id: String,
    /// The fields at fault, if any.
    errors: Option<Vec<FieldError>>,
}

/// One field that is not valid.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(super) struct FieldError {
    /// JSON Pointer (RFC 6901) into the request's body.
    #[schema(example = "/impact")]
    pointer: String,
    /// What to put there instead.
    detail: String,
}

/// Status, kind, title and an example of `detail`.
type Kind = (&'static str, &'static str, &'static str, &'static str);

/// As `shared::error` makes them.
const KINDS: &[Kind] = &[
    ("400", "bad-request", "Bad request", "limit must be from 1 to 200."),
    ("401", "unauthenticated", "Not logged in", "This session is over: log in again."),
    ("403", "forbidden", "Not permitted", "Your role does not permit this."),
    ("404", "not-found", "Not found", "There is nothing here, or nothing that you may see."),
    ("409", "conflict", "Conflict", "There is one with these values already."),
    (
        "412",
        "precondition-failed",
        "Changed since you read it",
        "The version in If-Match is not the current one: read again, then repeat the change on what you see.",
    ),
    ("413", "too-large", "Too large", "The body is larger than the 1048576 bytes that this route takes."),
    ("415", "unsupported-media-type", "Not JSON", "Send the body as application/json."),
    ("422", "invalid", "Not valid", "The request is understood, but some fields are not valid."),
    ("429", "too-many-requests", "Too many requests", "Too many requests: wait for the time in Retry-After, in seconds."),
    ("500", "internal", "Internal error", "Something failed on our side. The request_id finds it in the log."),
    (
        "503",
        "unavailable",
        "Temporarily unavailable",
        "The database cannot be reached or is too busy. Try again shortly, a POST with the same Idempotency-Key.",
    ),
];

/// All, by the name that a route refers to them with.
pub(super) fn responses() -> impl Iterator<Item = (String, RefOr<Response>)> {
    KINDS.iter().map(|kind| (name(kind), response(kind, kind.2).into()))
}

/// What a route answers with this status: the component, or, where the route says more about it, the same with its own words.
pub(super) fn answer(status: &str, own_words: &str) -> Option<RefOr<Response>> {
    let kind = KINDS.iter().find(|kind| kind.0 == status)?;
    Some(if own_words.is_empty() { Ref::from_response_name(name(kind)).into() } else { response(kind, own_words).into() })
}

/// `PreconditionFailed` of `precondition-failed`.
fn name(kind: &Kind) -> String {
    kind.1.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn response(kind: &Kind, words: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(Some(example(kind)));
    let response = ResponseBuilder::new()
        .description(words)
        .content("application/problem+json", content.build())
        .header_ref("X-Request-Id", header("X-Request-Id"));
    match kind.0 {
        "401" => response.header_ref("WWW-Authenticate", header("WWW-Authenticate")),
        "429" => ["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
            .into_iter()
            .fold(response, |response, name| response.header_ref(name, header(name))),
        "503" => response.header_ref("Retry-After", header("Retry-After")),
        _ => response,
    }
    .build()
}

fn example((status, kind, title, detail): &Kind) -> Value {
    let mut example = json!({
        "type": format!("urn:itsm:problem:{kind}"), "title": title, "status": status.parse::<u16>().unwrap_or_default(), "detail": detail,
        "instance": "/v1/incidents", "request_id": "0190b6c1-7d2f-7c3a-9a51-2f8f3f0c9d11"
    });
    if *status == "422" {
        example["errors"] = json!([{"pointer": "/impact", "detail": "It is 1 (High), 2 (Medium) or 3 (Low)."}]);
    }
    example
}

/// A header of the components.
pub(super) fn header(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// All headers that routes refer to.
pub(super) fn headers() -> impl Iterator<Item = (String, RefOr<utoipa::openapi::Header>)> {
    [
        ("X-Request-Id", "finds the request in the log; the caller's own where it sent a harmless one"),
        ("ETag", "the version of what the body shows"),
        ("Link", "the next page, rel=next (RFC 8288)"),
        ("Retry-After", "seconds to wait"),
        ("RateLimit-Limit", "requests a minute that one person may make; where that was too many"),
        ("RateLimit-Remaining", "how many of them are left: 0; where that was too many"),
        ("RateLimit-Reset", "seconds until there is one again; where that was too many"),
        ("WWW-Authenticate", "how to log in: Bearer"),
    ]
    .into_iter()
    .map(|(name, meaning)| (name.to_owned(), HeaderBuilder::new().schema(Some(text())).description(Some(meaning)).build().into()))
}

fn text() -> utoipa::openapi::Object {
    utoipa::openapi::Object::with_type(utoipa::openapi::Type::String)
}
