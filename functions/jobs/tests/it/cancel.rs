//! `POST /v1/jobs/{id}/cancel`
use serde_json::json;
use testkit::desk;

use crate::{dead, enqueued, tidy};

#[tokio::test]
async fn what_is_called_off_does_not_run_and_may_be_taken_up_again() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let id = enqueued(desk, "k", 0).await;
        let path = format!("/v1/jobs/{id}/cancel");
        for role in ["requester", "agent", "manager", "auditor"] {
            assert_eq!(desk.person(role).await.post(&path, json!({})).await.status, 403, "{role}");
        }
        let canceled = admin.post(&path, json!({})).await;
        assert_eq!((canceled.status, &canceled.json()["state"]), (200, &json!("canceled")), "{}", canceled.body);
        desk.work().await;
        let after = admin.get(&format!("/v1/jobs/{id}")).await.json();
        assert_eq!((&after["state"], &after["attempt"]), (&json!("canceled"), &json!(0)));
        assert_eq!(admin.post(&path, json!({})).await.status, 409);
        let event = "select verb || ' ' || (changes -> 'state')::text from events where subject = 'job'";
        assert_eq!(desk.rows(event).await, ["canceled [\"queued\", \"canceled\"]"]);
        assert_eq!(admin.post(&format!("/v1/jobs/{id}/retry"), json!({})).await.status, 200);
        desk.work().await;
        assert_eq!(admin.get(&format!("/v1/jobs/{id}")).await.json()["state"], "dead");
        tidy(desk).await;
    })
    .await;
}

#[tokio::test]
async fn a_dead_one_can_be_put_aside_and_a_running_one_cannot() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let id = dead(desk, "k").await;
        desk.execute(&format!("update jobs set state = 'running', locked_until = now() + interval '1 hour' where id = {id}")).await;
        assert_eq!(admin.post(&format!("/v1/jobs/{id}/cancel"), json!({})).await.status, 409);
        desk.execute(&format!("update jobs set state = 'dead', locked_until = null where id = {id}")).await;
        assert_eq!(admin.post(&format!("/v1/jobs/{id}/cancel"), json!({})).await.status, 200);
        let replay = [("idempotency-key", "k")];
        assert_eq!(admin.post_with("/v1/jobs/999999/cancel", &replay, json!({})).await.status, 404);
        tidy(desk).await;
    })
    .await;
}
