//! `POST /v1/schedules/{name}/run`
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn a_job_now_paused_or_not_and_the_next_time_stays() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let before = admin.patch("/v1/schedules/sweep", json!({"enabled": false})).await.json();
        let begun = admin.post_with("/v1/schedules/sweep/run", &[("idempotency-key", "k")], json!({})).await;
        assert_eq!(begun.status, 202, "{}", begun.body);
        let again = admin.post_with("/v1/schedules/sweep/run", &[("idempotency-key", "k")], json!({})).await;
        assert_eq!((again.status, &again.body), (202, &begun.body));
        assert_eq!(admin.get("/v1/schedules/sweep").await.json()["next_run_at"], before["next_run_at"]);
        desk.work().await;
        assert_eq!(desk.rows("select id || ' ' || state from jobs where queue = 'sweep'").await, [format!("{} done", begun.json()["job_id"])]);
        let after = admin.post_with("/v1/schedules/sweep/run", &[("idempotency-key", "k")], json!({})).await;
        assert_eq!((after.status, &after.body), (202, &begun.body));
        assert_eq!(desk.rows("select verb from events where verb = 'run'").await, ["run"]);
    })
    .await;
}

#[tokio::test]
async fn administrators_only() {
    desk(async |desk| {
        for role in ["requester", "agent", "manager", "auditor"] {
            assert_eq!(desk.person(role).await.post("/v1/schedules/sweep/run", json!({})).await.status, 403, "{role}");
        }
        assert_eq!(desk.person("admin").await.post("/v1/schedules/no-such/run", json!({})).await.status, 404);
    })
    .await;
}
