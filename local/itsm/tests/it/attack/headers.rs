//! Headers that no client of ours sends.
use axum::Router;
use axum::body::Body;
use http::{HeaderValue, Request};
use http_body_util::BodyExt;
use testkit::{Reply, desk};
use tower::ServiceExt;

use super::refused;
use crate::router::{app, router};

type Header<'a> = (&'a str, &'a [u8]);

/// A header with any bytes that HTTP lets through.
async fn send(router: &Router, method: &str, path: &str, token: &str, header: Header<'_>) -> Reply {
    let mut request = Request::builder().method(method).uri(path).body(Body::from(r#"{"short_description": "x"}"#)).unwrap();
    request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    request.headers_mut().insert("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    let name = http::HeaderName::from_bytes(header.0.as_bytes()).unwrap();
    request.headers_mut().insert(name, HeaderValue::from_bytes(header.1).unwrap());
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Reply { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.into()).unwrap() }
}

#[tokio::test]
async fn each_is_refused_for_what_it_is() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let token = agent.token.clone().unwrap();
        let router = router(&app(&desk.database.url, 2));
        let path = format!(
            "/v1/incidents/{}",
            agent.post("/v1/incidents", serde_json::json!({"short_description": "x"})).await.json()["id"].as_str().unwrap()
        );
        let (long, longer) = ([b'k'; 256], [b'x'; 20_000]);
        let cases: &[(&str, &str, Header<'_>, u16)] = &[
            ("POST", "/v1/incidents", ("idempotency-key", b""), 400),
            ("POST", "/v1/incidents", ("idempotency-key", &long), 400),
            ("POST", "/v1/incidents", ("idempotency-key", b"\xff\xfe"), 400),
            ("POST", "/v1/incidents", ("idempotency-key", "ü".as_bytes()), 400),
            ("PATCH", &path, ("if-match", b"\xff"), 400),
            ("PATCH", &path, ("if-match", b"\"2\""), 412),
            ("PATCH", &path, ("if-match", b"\"99999999999999999999\""), 412),
            ("PATCH", &path, ("if-match", b"\"-1\", nonsense"), 412),
            ("PATCH", &path, ("if-match", b""), 412),
            ("PATCH", &path, ("if-match", &longer), 412),
            ("GET", &path, ("if-none-match", b"\xff"), 400),
            ("GET", &path, ("authorization", b""), 401),
            ("GET", &path, ("authorization", b"Bearer"), 401),
            ("GET", &path, ("authorization", b"Bearer "), 401),
            ("GET", &path, ("authorization", b"Bearer \xff"), 401),
            ("GET", &path, ("authorization", b"Bearer a.b.c"), 401),
            ("GET", &path, ("authorization", b"Basic YTpi"), 401),
            ("GET", &path, ("authorization", &longer), 401),
            ("POST", "/v1/incidents", ("content-type", b"\xff"), 415),
            ("POST", "/v1/incidents", ("content-type", b"application/jsonx"), 415),
        ];
        for (method, path, header, status) in cases {
            let reply = send(&router, method, path, &token, *header).await;
            assert_eq!(refused(&reply, header.0), *status, "{header:?}: {}", reply.body);
        }
        for harmless in ["traceparent", "accept", "x-forwarded-for", "cookie", "range"] {
            assert_eq!(send(&router, "GET", &path, &token, (harmless, b"\xff garbage ; ,")).await.status, 200, "{harmless}");
        }
        assert_eq!(desk.rows("select version::text from tickets").await, ["1"]);
    })
    .await;
}

/// The id goes into logs and answers: only harmless ones are taken over.
#[tokio::test]
async fn a_request_id_is_harmless_or_ours() {
    desk(async |desk| {
        let router = router(&app(&desk.database.url, 2));
        let sent = async |id: &[u8]| send(&router, "GET", "/health/live", "x", ("x-request-id", id)).await.header("x-request-id").unwrap().to_owned();
        assert_eq!(sent(b"Ab-12").await, "Ab-12");
        for id in [&b""[..], b"a b", b"\xff", b"a\"b", b"<script>", &[b'a'; 65]] {
            assert_eq!(sent(id).await.len(), 36, "{id:?}");
        }
    })
    .await;
}

/// Whatever a client invents as a method must not become a new time series each.
#[tokio::test]
async fn an_invented_method_is_no_new_metric() {
    desk(async |desk| {
        let router = router(&app(&desk.database.url, 2));
        for method in ["BREW", "brew", "PROPFIND", "X-1"] {
            let reply = send(&router, method, "/v1/incidents", "x", ("accept", b"*/*")).await;
            assert_eq!(refused(&reply, method), 405);
            assert!(reply.header("allow").unwrap().contains("POST"), "{:?}", reply.headers);
            assert!(!shared::metrics::METRICS.text().contains(method), "{method}");
        }
    })
    .await;
}
