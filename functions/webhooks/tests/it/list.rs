//! `GET /v1/webhooks`, `GET /v1/webhooks/{id}/health`
use serde_json::json;
use testkit::desk;

use crate::made;

#[tokio::test]
async fn pages_the_oldest_first() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let mut paths = Vec::new();
        for _ in 0..5 {
            paths.push(made(&admin).await);
        }
        admin.patch(&paths[1], json!({"active": false})).await;
        let (mut listed, mut next) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/v1/webhooks?limit=2{next}")).await.json();
            listed.extend(page["items"].as_array().unwrap().iter().map(|item| format!("/v1/webhooks/{}", item["id"].as_str().unwrap())));
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(listed, paths);
        assert_eq!(admin.get("/v1/webhooks?active=false").await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(admin.get("/v1/webhooks?color=red").await.status, 400);
        assert_eq!(admin.get("/v1/webhooks?cursor=x").await.status, 400);
        let health = admin.get(&format!("{}/health", paths[0])).await.json();
        assert_eq!((&health["circuit"], &health["pending"], &health["next_at"]), (&json!("ok"), &json!(0), &json!(null)));
        assert!(admin.get(&format!("{}/health", paths[1])).await.json()["circuit"].is_null());
    })
    .await;
}
