//! Connections to Postgres that end, and clients that go away in the middle.
use std::time::{Duration, Instant};

use http::Method;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use testkit::{Desk, desk};

use crate::router::{app, call, router};

/// Ends every connection of the functions, as a restart of the server or of a pooler does.
async fn disconnect(desk: &Desk) {
    desk.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'itsm_app' and datname = current_database()").await;
}

/// A read is repeated unseen. A write might have been done: it is the client who repeats it, once, not once a connection.
#[tokio::test]
async fn one_ended_connection_tells_of_all() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (headers, new) = ([("idempotency-key", "k")], json!({"short_description": "x"}));
        for path in ["/v1/incidents", "/v1/settings"] {
            assert_eq!(agent.get(path).await.status, 200);
            disconnect(desk).await;
            assert_eq!(agent.get(path).await.status, 200);
        }
        // Many connections at rest.
        let raise = || agent.post("/v1/incidents", json!({"short_description": "x"}));
        assert!(futures_util::future::join_all((0..10).map(|_| raise())).await.iter().all(|reply| reply.status == 201));
        disconnect(desk).await;
        let reply = agent.post_with("/v1/incidents", &headers, new.clone()).await;
        assert_eq!((reply.problem().as_str(), reply.header("retry-after")), ("unavailable", Some("1")));
        assert_eq!(agent.post_with("/v1/incidents", &headers, new).await.status, 201);
        assert_eq!(desk.rows("select id::text from tickets").await.len(), 11);
    })
    .await;
}

/// The only connection is in the middle of a statement when its request is dropped: the next one is not served its answer.
#[tokio::test]
async fn a_client_that_goes_away_takes_nobody_along() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let token = agent.token.clone().unwrap();
        let path = format!("/v1/incidents/{}", agent.post("/v1/incidents", json!({"short_description": "x"})).await.json()["id"].as_str().unwrap());
        let router = router(&app(&desk.database.url, 1));
        let mut other = PgConnection::connect(&desk.database.owner_url).await.unwrap();
        other.execute("begin; select from tickets for update").await.unwrap();
        let (body, begun) = (json!({"location": "here"}), Instant::now());
        let mut gone = Box::pin(call(&router, Method::PATCH, &path, &token, Some(&body)));
        let waiting = "select 'waits' from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        while desk.rows(waiting).await.is_empty() {
            assert!(tokio::time::timeout(Duration::from_millis(1), &mut gone).await.is_err());
            assert!(begun.elapsed() < Duration::from_secs(30), "the patch does not reach the lock");
        }
        drop(gone);
        for _ in 0..3 {
            let reply = call(&router, Method::GET, &path, &token, None).await;
            assert_eq!((reply.status, &reply.json()["short_description"]), (200, &json!("x")));
        }
        other.close().await.unwrap();
        let reply = call(&router, Method::PATCH, &path, &token, Some(&body)).await;
        assert_eq!((reply.status, &reply.json()["location"]), (200, &json!("here")));
    })
    .await;
}
