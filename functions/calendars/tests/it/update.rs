//! `PATCH /v1/calendars/{id}`
use serde_json::json;
use testkit::desk;

use crate::{added, path};

#[tokio::test]
async fn a_merge_patch_changes_days_and_keeps_dates_in_order() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let calendar = added(&manager, "x").await;
        let patch = json!({"hours": {"mon": null, "sun": [["20:00", "24:00"]]}, "holidays": [{"date": "2026-12-26", "name": "b"}, {"date": "2026-12-25", "name": "a"}],
                           "overrides": [{"date": "2026-12-24", "hours": [["08:00", "12:00"]]}]});
        let changed = manager.patch(&path(&calendar), patch).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let changed = changed.json();
        assert_eq!((&changed["hours"], &changed["version"]), (&json!({"sun": [["20:00", "24:00"]]}), &json!(2)));
        assert_eq!((&changed["holidays"][0]["name"], &changed["holidays"][0]["source"]), (&json!("a"), &json!("hand")));
        assert_eq!(manager.patch(&path(&calendar), json!({"name": "x"})).await.json()["version"], 2, "nothing changes");
        assert_eq!(manager.patch(&path(&calendar), json!({"hours": {"mon": "always"}})).await.status, 422);
        let stale = manager.send(http::Method::PATCH, &path(&calendar), &[("if-match", "\"1\"")], Some(br#"{"name": "y"}"#.to_vec())).await;
        assert_eq!(stale.status, 412);
        desk.work().await;
    })
    .await;
}

#[tokio::test]
async fn one_in_use_is_not_put_away() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let calendar = added(&manager, "x").await;
        let sla = json!({"name": "x", "type": "sla", "metric": "resolution", "goal": {"seconds": 1}, "calendar_id": calendar["id"]});
        let sla = manager.post("/v1/slas", sla).await.json();
        assert_eq!(manager.patch(&path(&calendar), json!({"active": false})).await.status, 409);
        assert_eq!(manager.patch(&format!("/v1/slas/{}", sla["id"].as_str().unwrap()), json!({"active": false})).await.status, 200);
        assert_eq!(manager.patch(&path(&calendar), json!({"active": false})).await.status, 200);
        desk.work().await;
    })
    .await;
}
