//! `POST /v1/slas`
use serde_json::json;
use testkit::desk;

use crate::{added, sla};

#[tokio::test]
async fn a_definition_is_kept_as_it_was_written_after_all_others() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let first = added(&manager, "one", json!({"conditions": {"priority": [1, 2]}})).await;
        let second = added(&manager, "two", json!({"goal": {"business_days": 3, "end_of_day": true}, "type": "ola", "metric": "response"})).await;
        assert_eq!((&first["position"], &second["position"], &second["version"]), (&json!(10), &json!(20), &json!(1)));
        assert_eq!((&first["conditions"], &second["goal"]), (&json!({"priority": [1, 2]}), &json!({"end_of_day": true, "business_days": 3})));
        let read = manager.get(&format!("/v1/slas/{}", first["id"].as_str().unwrap())).await;
        assert_eq!((read.header("etag"), read.json()), (Some("\"1\""), first));
        assert_eq!(desk.rows("select verb from events where subject = 'sla'").await, ["created", "created"]);
    })
    .await;
}

#[tokio::test]
async fn what_could_never_be_is_refused() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        added(&manager, "taken", json!({})).await;
        let inactive = manager.post("/v1/calendars", json!({"name": "away", "time_zone": "UTC", "active": false})).await.json();
        for (with, status) in [
            (json!({"name": "taken"}), 409),
            (json!({"name": " "}), 422),
            (json!({"type": "wish"}), 422),
            (json!({"goal": {"seconds": -1}}), 422),
            (json!({"goal": {"seconds": 400_000_000}}), 422),
            (json!({"goal": {"business_days": 0}}), 422),
            (json!({"goal": {"seconds": 1, "business_days": 1}}), 422),
            (json!({"conditions": {"colour": ["red"]}}), 422),
            (json!({"conditions": {"priority": []}}), 422),
            (json!({"conditions": {"priority": ["1"]}}), 422),
            (json!({"position": -1}), 422),
            (json!({"kind": "problem"}), 422),
            (json!({"calendar_id": "01a207f3-7312-7579-b6be-8b884b4f3745"}), 422),
            (json!({"calendar_id": inactive["id"]}), 422),
            (json!({"colour": "red"}), 400),
        ] {
            let reply = manager.post("/v1/slas", sla("new", &with)).await;
            assert_eq!(reply.status, status, "{with}: {}", reply.body);
        }
    })
    .await;
}

#[tokio::test]
async fn a_repeat_is_the_same_definition() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let body = serde_json::to_vec(&sla("once", &json!({}))).unwrap();
        let send = async || manager.send(http::Method::POST, "/v1/slas", &[("idempotency-key", "k")], Some(body.clone())).await;
        let (one, two) = (send().await, send().await);
        assert_eq!((one.status, two.status, one.json()), (201, 201, two.json()));
        assert_eq!(desk.rows("select count(*)::text from slas").await, ["1"]);
    })
    .await;
}
