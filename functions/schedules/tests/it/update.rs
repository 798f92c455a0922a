//! `PATCH /v1/schedules/{name}`
use serde_json::json;
use testkit::{Desk, desk};

async fn runs(desk: &Desk) -> usize {
    desk.rows("select id::text from jobs where key = 'schedule:sweep'").await.len()
}

#[tokio::test]
async fn a_paused_one_lets_its_times_go_by() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        desk.work().await;
        assert_eq!(runs(desk).await, 1);
        let paused = admin.patch("/v1/schedules/sweep", json!({"enabled": false})).await;
        assert_eq!((paused.status, &paused.json()["enabled"]), (200, &json!(false)), "{}", paused.body);
        let ran = paused.json()["last_run_at"].clone();
        assert!(ran.is_string());
        desk.work().await;
        assert_eq!(runs(desk).await, 1);
        assert_eq!(desk.rows("select 'later' from schedules where name = 'sweep' and next_run_at > now()").await, ["later"]);
        assert_eq!(admin.get("/v1/schedules/sweep").await.json()["last_run_at"], ran);
        for _ in 0..2 {
            assert_eq!(admin.patch("/v1/schedules/sweep", json!({"enabled": true})).await.json()["enabled"], true);
        }
        assert_eq!(runs(desk).await, 1);
        desk.work().await;
        assert_eq!(runs(desk).await, 2);
        let events = "select verb || ' ' || actor_id from events where subject = 'schedule' order by seq";
        assert_eq!(desk.rows(events).await, [format!("paused {}", admin.id), format!("resumed {}", admin.id)]);
    })
    .await;
}

#[tokio::test]
async fn only_administrators_and_only_that() {
    desk(async |desk| {
        for role in ["requester", "agent", "manager", "auditor"] {
            assert_eq!(desk.person(role).await.patch("/v1/schedules/sweep", json!({"enabled": false})).await.status, 403, "{role}");
        }
        let admin = desk.person("admin").await;
        assert_eq!(admin.patch("/v1/schedules/no-such", json!({"enabled": false})).await.status, 404);
        assert_eq!(admin.patch("/v1/schedules/sweep", json!({"cron": "* * * * *"})).await.status, 400);
        assert_eq!(admin.patch("/v1/schedules/sweep", json!({"enabled": "no"})).await.status, 422);
        assert_eq!(admin.patch("/v1/schedules/sweep", json!({})).await.json()["enabled"], true);
    })
    .await;
}
