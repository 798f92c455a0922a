//! `POST /v1/jobs/{id}/retry`
use serde_json::json;
use testkit::desk;

use crate::{dead, enqueued, tidy};

#[tokio::test]
async fn a_dead_one_begins_anew_and_its_attempts_count_on() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let id = dead(desk, "k").await;
        let path = format!("/v1/jobs/{id}/retry");
        for role in ["requester", "agent", "manager", "auditor"] {
            assert_eq!(desk.person(role).await.post(&path, json!({})).await.status, 403, "{role}");
        }
        let retried = admin.post(&path, json!({})).await;
        assert_eq!((retried.status, &retried.json()["state"], &retried.json()["attempt"]), (200, &json!("queued"), &json!(1)));
        desk.work().await;
        let after = admin.get(&format!("/v1/jobs/{id}")).await.json();
        assert_eq!((&after["state"], &after["attempt"]), (&json!("dead"), &json!(2)));
        let event = "select verb || ' ' || actor_id || ' ' || (changes -> 'state')::text from events where subject = 'job'";
        assert_eq!(desk.rows(event).await, [format!("retried {} [\"dead\", \"queued\"]", admin.id)]);
        tidy(desk).await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_runs_at_once_and_what_is_done_or_doubled_does_not() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let later = enqueued(desk, "later", 5).await;
        assert_eq!(admin.post(&format!("/v1/jobs/{later}/retry"), json!({})).await.status, 200);
        desk.work().await;
        assert_eq!(admin.get(&format!("/v1/jobs/{later}")).await.json()["state"], "dead");
        enqueued(desk, "later", 5).await;
        let doubled = admin.post(&format!("/v1/jobs/{later}/retry"), json!({})).await;
        assert_eq!((doubled.status, doubled.problem().as_str()), (409, "conflict"));
        for state in ["done", "running"] {
            let until = if state == "running" { "now() + interval '1 hour'" } else { "null" };
            desk.execute(&format!("update jobs set state = '{state}', locked_until = {until} where id = {later}")).await;
            assert_eq!(admin.post(&format!("/v1/jobs/{later}/retry"), json!({})).await.status, 409, "{state}");
        }
        assert_eq!(admin.post("/v1/jobs/999999/retry", json!({})).await.status, 404);
        tidy(desk).await;
    })
    .await;
}

#[tokio::test]
async fn a_repeat_of_the_request_is_answered_and_retries_once() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let path = format!("/v1/jobs/{}/retry", dead(desk, "k").await);
        let key = [("idempotency-key", "once")];
        let first = admin.post_with(&path, &key, json!({})).await;
        desk.work().await;
        let second = admin.post_with(&path, &key, json!({})).await;
        assert_eq!((first.status, first.body), (second.status, second.body));
        assert_eq!(desk.rows("select state || ' ' || attempt from jobs where queue = 'children'").await, ["dead 2"]);
        tidy(desk).await;
    })
    .await;
}
