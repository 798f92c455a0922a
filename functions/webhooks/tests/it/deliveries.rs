//! `GET /v1/webhooks/{id}/deliveries`
use serde_json::json;
use testkit::desk;

use crate::made;

#[tokio::test]
async fn pages_the_newest_first_of_one_webhook() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let (path, other) = (made(&admin).await, made(&admin).await);
        for n in 0..3 {
            assert_eq!(agent.post("/v1/incidents", json!({"short_description": n.to_string()})).await.status, 201);
        }
        desk.execute("update webhooks set active = false").await; // nothing is sent from here
        let first = admin.get(&format!("{path}/deliveries?limit=2")).await.json();
        let rest = admin.get(&format!("{path}/deliveries?limit=2&cursor={}", first["next"].as_str().unwrap())).await.json();
        let events: Vec<i64> =
            [&first, &rest].iter().flat_map(|page| page["items"].as_array().unwrap()).map(|item| item["event"].as_i64().unwrap()).collect();
        assert_eq!(events.len(), 3);
        assert!(events.is_sorted_by(|a, b| a > b) && rest["next"].is_null());
        let item = &first["items"][0];
        assert_eq!(
            (&item["state"], &item["type"], &item["attempts"], &item["next_at"]),
            (&json!("pending"), &json!("incident.created"), &json!(0), &json!(null))
        );
        assert_eq!(admin.get(&format!("{path}/deliveries?state=dead")).await.json()["items"], json!([]));
        assert_eq!(admin.get(&format!("{path}/deliveries?state=lost")).await.status, 400);
        let foreign = format!("{other}/deliveries?cursor={}", first["next"].as_str().unwrap());
        assert_eq!(admin.get(&foreign).await.status, 400, "a cursor is of one list");
    })
    .await;
}
