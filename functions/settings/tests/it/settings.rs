//! `GET`, `PATCH /v1/settings`
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn everybody_reads_and_administrators_change() {
    desk(async |desk| {
        let (admin, requester) = (desk.person("admin").await, desk.person("requester").await);
        let before = requester.get("/v1/settings").await;
        assert_eq!((before.status, before.header("etag")), (200, Some("\"1\"")));
        assert_eq!(before.json()["priorities"].as_array().unwrap().len(), 9);
        assert_eq!(requester.get_with("/v1/settings", &[("if-none-match", "\"1\"")]).await.status, 304);
        let change = json!({"auto_close_days": 3, "priorities": [{"impact": 3, "urgency": 3, "priority": 4}]});
        for role in ["requester", "agent", "manager", "auditor"] {
            assert_eq!(desk.person(role).await.patch("/v1/settings", change.clone()).await.status, 403, "{role}");
        }
        let after = admin.patch("/v1/settings", change).await;
        assert_eq!((after.status, after.header("etag")), (200, Some("\"2\"")), "{}", after.body);
        assert_eq!((&after.json()["auto_close_days"], &after.json()["priorities"][8]["priority"]), (&json!(3), &json!(4)));
        assert_eq!(after.json(), admin.get("/v1/settings").await.json());
        let raised = requester.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        assert_eq!(raised["priority"], 4);
        let events = desk.rows("select changes::text from events where subject = 'settings'").await;
        assert_eq!(serde_json::from_str::<serde_json::Value>(&events[0]).unwrap(), json!({"auto_close_days": [7, 3], "priority_33": [5, 4]}));
    })
    .await;
}

#[tokio::test]
async fn a_bad_change_changes_nothing() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        for (pointer, change) in [
            ("/auto_close_days", json!({"auto_close_days": -1})),
            ("/auto_close_days", json!({"auto_close_days": 366})),
            ("/auto_close_days", json!({"auto_close_days": 5_000_000_000_i64})),
            ("/priorities/0", json!({"priorities": [{"impact": 4, "urgency": 1, "priority": 1}]})),
            ("/priorities/1", json!({"priorities": [{"impact": 1, "urgency": 1, "priority": 1}, {"impact": 1, "urgency": 1, "priority": 2}]})),
        ] {
            let reply = admin.patch("/v1/settings", change.clone()).await;
            assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid"), "{change}");
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer);
        }
        assert_eq!(admin.patch("/v1/settings", json!({"colour": "red"})).await.status, 400);
        assert_eq!(admin.patch_with("/v1/settings", &[("if-match", "\"9\"")], json!({"auto_close_days": 1})).await.status, 412);
        assert_eq!(admin.get("/v1/settings").await.json()["version"], 1);
    })
    .await;
}
