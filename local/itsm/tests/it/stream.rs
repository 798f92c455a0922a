//! A stream that is held: what it shows while it lasts, and what ends it. The test says how time passes.
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use http_body_util::BodyExt;
use serde_json::json;
use shared::hold::Hold;
use testkit::{Person, desk};
use tokio::sync::{Mutex, mpsc};
use tower::ServiceExt;

use crate::router::{app, router};

/// A home that holds this many, and waits until the test says whether to go on.
fn held(url: &str, places: usize) -> (Router, mpsc::UnboundedSender<bool>) {
    let (tell, told) = mpsc::unbounded_channel();
    let told = Arc::new(Mutex::new(told));
    let wait = move |_| {
        let told = Arc::clone(&told);
        async move { told.lock().await.recv().await.unwrap_or(false) }
    };
    let app = app(url, 1).with(|parts| parts.hold = Some(Hold::new(places, wait)));
    (router(&app), tell)
}

async fn open(router: &Router, person: &Person<'_>, hold: u8) -> Response {
    let request = Request::get(format!("/v1/events?hold={hold}")).header("accept", "text/event-stream");
    let request = request.header("authorization", format!("Bearer {}", person.token.as_deref().unwrap()));
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

/// The next part; none at the end.
async fn part(stream: &mut Response) -> Option<String> {
    let frame = stream.body_mut().frame().await?.unwrap();
    Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn what_happens_meanwhile_is_shown_and_nothing_is_a_comment() {
    desk(async |desk| {
        let (router, time) = held(&desk.database.url, 1);
        let agent = desk.person("agent").await;
        let mut stream = open(&router, &agent, 25).await;
        assert_eq!(stream.headers()["x-accel-buffering"], "no");
        assert_eq!(part(&mut stream).await.unwrap(), "retry: 1000\n\n");
        time.send(true).unwrap();
        assert_eq!(part(&mut stream).await.unwrap(), ":\n\n");
        agent.post("/v1/incidents", json!({"short_description": "meanwhile"})).await;
        desk.settle().await;
        time.send(true).unwrap();
        let shown = part(&mut stream).await.unwrap();
        assert!(shown.contains("event: created\ndata: {") && shown.contains("meanwhile"), "{shown}");
        assert_eq!(part(&mut stream).await.unwrap(), ":\n\n"); // it looked at once whether there is more
        time.send(false).unwrap();
        assert_eq!(part(&mut stream).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_revoked_ends_it() {
    desk(async |desk| {
        let (router, time) = held(&desk.database.url, 1);
        let agent = desk.person("agent").await;
        let mut stream = open(&router, &agent, 25).await;
        assert!(part(&mut stream).await.is_some());
        agent.post("/v1/incidents", json!({"short_description": "not to be seen"})).await;
        desk.settle().await;
        desk.execute("update sessions set revoked_at = now()").await;
        time.send(true).unwrap();
        assert_eq!(part(&mut stream).await, None);
    })
    .await;
}

/// One stream, one place; and one pooled connection that it does not keep, or the requests beside it would wait.
#[tokio::test]
async fn places_are_bounded_and_given_back() {
    desk(async |desk| {
        let (router, time) = held(&desk.database.url, 1);
        let agent = desk.person("agent").await;
        let mut stream = open(&router, &agent, 25).await;
        assert!(part(&mut stream).await.is_some());
        let refused = open(&router, &agent, 25).await;
        assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].as_bytes()), (429, b"5".as_slice()));
        assert_eq!(open(&router, &agent, 0).await.status(), 200);
        let page = crate::router::call(&router, http::Method::GET, "/v1/events", agent.token.as_deref().unwrap(), None).await;
        assert_eq!(page.status, 200);
        drop(stream);
        let mut again = open(&router, &agent, 25).await;
        assert_eq!(again.status(), 200);
        drop(time);
        assert!(part(&mut again).await.is_some());
        assert_eq!(part(&mut again).await, None);
    })
    .await;
}
