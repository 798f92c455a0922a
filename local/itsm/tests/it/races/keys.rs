//! One Idempotency-Key, twenty times at once: one effect, twenty equal answers.
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Person, Reply, desk};

const TIMES: usize = 20;

async fn all_at_once(person: &Person<'_>, path: &str, headers: &[(&str, &str)], body: &Value) -> Vec<Reply> {
    join_all((0..TIMES).map(|_| person.post_with(path, headers, body.clone()))).await
}

/// That all answers are the same one: status, the headers that are part of it, and the body byte for byte.
fn one_answer(replies: &[Reply], status: u16) -> &Reply {
    let first = &replies[0];
    for reply in replies {
        assert_eq!(reply.status, status, "{}", reply.body);
        assert_eq!(reply.body, first.body);
        for header in ["etag", "location", "content-type"] {
            assert_eq!(reply.header(header), first.header(header), "{header}");
        }
    }
    first
}

#[tokio::test]
async fn twenty_reports_are_one_incident() {
    desk(async |desk| {
        let (agent, other) = (desk.person("agent").await, desk.person("agent").await);
        let (body, headers) = (json!({"short_description": "x", "custom": {"ü": [1.50, null]}}), [("idempotency-key", "k 1")]);
        let replies = all_at_once(&agent, "/v1/incidents", &headers, &body).await;
        let raised = one_answer(&replies, 201).json();
        assert_eq!(desk.rows("select id::text from tickets").await, [raised["id"].as_str().unwrap()]);
        assert_eq!(desk.rows("select verb from events").await, ["created"]);

        let changed = agent.post_with("/v1/incidents", &headers, json!({"short_description": "another"})).await;
        assert_eq!((changed.status, changed.problem().as_str()), (422, "invalid"));
        let theirs = one_answer(&all_at_once(&other, "/v1/incidents", &headers, &body).await, 201).json();
        assert_ne!(theirs["id"], raised["id"]);
        assert_eq!(desk.rows("select id::text from tickets").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn of_different_bodies_under_one_key_one_counts() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let bodies = (0..TIMES).map(|at| json!({"short_description": format!("report {}", at % 2)}));
        let headers = [("idempotency-key", "k")];
        let replies = join_all(bodies.map(|body| agent.post_with("/v1/incidents", &headers, body))).await;
        let raised = desk.rows("select short_description from tickets").await;
        assert_eq!(raised.len(), 1);
        for (at, reply) in replies.iter().enumerate() {
            let same = raised[0] == format!("report {}", at % 2);
            assert_eq!(reply.status, if same { 201 } else { 422 }, "{}", reply.body);
        }
    })
    .await;
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let headers = [("idempotency-key", "k")];
        let bad = json!({"short_description": "x", "category": "there is none"});
        assert!(all_at_once(&agent, "/v1/incidents", &headers, &bad).await.iter().all(|reply| reply.status == 422));
        let good = json!({"short_description": "x"});
        one_answer(&all_at_once(&agent, "/v1/incidents", &headers, &good).await, 201);
    })
    .await;
}

#[tokio::test]
async fn twenty_steps_are_one_step() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let step = json!({"to": "resolved", "close_code": "solved", "close_notes": "done", "comment": "It works."});
        // With If-Match too: whoever comes second repeats a request that was answered, and is not stale.
        for headers in [&[("idempotency-key", "k")][..], &[("idempotency-key", "k"), ("if-match", "\"1\"")]] {
            let raised = agent.post("/v1/incidents", json!({"short_description": "x"})).await.json();
            let path = format!("/v1/incidents/{}/transitions", raised["id"].as_str().unwrap());
            let replies = all_at_once(&agent, &path, headers, &step).await;
            let resolved = one_answer(&replies, 200).json();
            assert_eq!((&resolved["state"], &resolved["version"]), (&json!("resolved"), &json!(2)));
            let events = format!("select verb from events where ticket_id = '{}' order by seq", raised["id"].as_str().unwrap());
            assert_eq!(desk.rows(&events).await, ["created", "resolved", "commented"]);

            let changed = agent.post_with(&path, headers, json!({"to": "canceled"})).await;
            assert_eq!((changed.status, changed.problem().as_str()), (422, "invalid"));
        }
        // The key is this incident's: on another one it is new.
        let another = agent.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        let path = format!("/v1/incidents/{}/transitions", another["number"].as_str().unwrap());
        assert_eq!(agent.post_with(&path, &[("idempotency-key", "k")], step.clone()).await.json()["id"], another["id"]);
        assert_eq!(desk.rows("select state from jobs").await, ["queued"; 3]);
    })
    .await;
}

#[tokio::test]
async fn twenty_categories_are_one_category() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let body = json!({"name": "Network", "subcategories": ["VPN", "Wi-Fi"]});
        one_answer(&all_at_once(&manager, "/v1/categories", &[("idempotency-key", "k")], &body).await, 201);
        let without = all_at_once(&manager, "/v1/categories", &[], &body).await;
        assert!(without.iter().all(|reply| (reply.status, reply.problem()) == (409, "conflict".to_owned())));
    })
    .await;
}
