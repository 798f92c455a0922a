//! What the home `spin` alone can show: the bell by Redis, and one limit for all instances.
use std::time::{Duration, Instant};

use crate::elsewhere;
use serde_json::{Value, json};
use soak::server::Redis;
use testkit::home::Setting;
use testkit::{Desk, Person, desk_with};
use tokio::net::TcpListener;

async fn raised(agent: &Person<'_>, new: Value) -> String {
    let reply = agent.post("/v1/incidents", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["id"].as_str().unwrap().to_owned()
}

/// Resolves a parent, whose child a job resolves then: the path of the child.
async fn resolved_with_a_child(desk: &Desk, agent: &Person<'_>) -> String {
    let parent = raised(agent, json!({"short_description": "x"})).await;
    let child = raised(agent, json!({"short_description": "x", "parent_id": parent})).await;
    let step = json!({"to": "resolved", "close_code": "solved", "close_notes": "Restarted."});
    assert_eq!(agent.post(&format!("/v1/incidents/{parent}/transitions"), step).await.status, 200);
    assert_eq!(desk.rows("select count(*)::text from jobs where queue = 'children'").await, ["1"]);
    format!("/v1/incidents/{child}")
}

#[tokio::test]
async fn what_is_rung_for_runs_without_a_scheduler() {
    if elsewhere("spin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start(folder.path()).unwrap();
    desk_with(Setting { rings: redis.url(), hears: true, ..Setting::default() }, async |desk| {
        let agent = desk.person("agent").await;
        let child = resolved_with_a_child(desk, &agent).await;
        let begun = Instant::now();
        while agent.get(&child).await.json()["state"] != "resolved" {
            assert!(begun.elapsed() < Duration::from_secs(30), "nobody heard the bell");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        desk.work().await;
    })
    .await;
}

/// It takes connections and says nothing, which is worse than one that is not there.
#[tokio::test]
async fn a_redis_that_does_not_answer_holds_up_no_request_for_long() {
    if elsewhere("spin") {
        return;
    }
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    desk_with(Setting { rings: url, ..Setting::default() }, async |desk| {
        let agent = desk.person("agent").await;
        let begun = Instant::now();
        let child = resolved_with_a_child(desk, &agent).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        desk.work().await;
        assert_eq!(agent.get(&child).await.json()["state"], "resolved");
    })
    .await;
}

/// Each request may come to another instance, which remembers nothing.
#[tokio::test]
async fn one_person_asks_no_more_than_the_limit() {
    if elsewhere("spin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start(folder.path()).unwrap();
    desk_with(Setting { rings: redis.url(), limit: 60, ..Setting::default() }, async |desk| {
        let (agent, begun) = (desk.person("agent").await, Instant::now());
        let mut passed = 0;
        let refused = loop {
            let reply = agent.get("/v1/auth/me").await;
            if reply.status == 429 {
                break reply;
            }
            assert_eq!(reply.status, 200, "{}", reply.body);
            passed += 1;
        };
        // Ten at once, and one a second.
        assert!(passed >= 10 && passed <= 10 + begun.elapsed().as_secs(), "{passed} in {:?}", begun.elapsed());
        assert_eq!((refused.problem().as_str(), refused.header("ratelimit-limit")), ("too-many-requests", Some("60")));
        let ready = desk.nobody().get("/health/ready").await.json();
        assert_eq!((&ready["redis"], &ready["rate_limits"]), (&json!("pass"), &json!("shared")));
    })
    .await;
}
