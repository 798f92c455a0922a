//! `PATCH /v1/slas/{id}`
use serde_json::json;
use testkit::desk;

use crate::added;

#[tokio::test]
async fn a_merge_patch_moves_renames_and_puts_away() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let sla = added(&manager, "one", json!({"conditions": {"priority": [1], "category": ["Network"]}})).await;
        let path = format!("/v1/slas/{}", sla["id"].as_str().unwrap());
        let patch = json!({"position": 3, "active": false, "conditions": {"category": null}, "goal": {"seconds": null, "business_days": 2}});
        let changed = manager.patch(&path, patch.clone()).await;
        assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")), "{}", changed.body);
        let changed = changed.json();
        assert_eq!((&changed["position"], &changed["active"], &changed["conditions"]), (&json!(3), &json!(false), &json!({"priority": [1]})));
        assert_eq!(changed["goal"], json!({"end_of_day": false, "business_days": 2}));
        assert_eq!(manager.patch(&path, json!({"position": 3})).await.json()["version"], 2, "nothing changes");
        for (patch, status) in
            [(json!({"colour": 1}), 400), (json!({"goal": {"seconds": 5}}), 422), (json!({"name": null}), 422), (json!({"version": 9}), 400)]
        {
            let reply = manager.patch(&path, patch.clone()).await;
            assert_eq!(reply.status, status, "{patch}: {}", reply.body);
        }
        let stale = manager.send(http::Method::PATCH, &path, &[("if-match", "\"1\"")], Some(br#"{"position": 4}"#.to_vec())).await;
        assert_eq!(stale.status, 412);
        desk.work().await;
    })
    .await;
}
