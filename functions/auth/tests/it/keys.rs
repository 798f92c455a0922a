//! `GET /v1/auth/api-keys`
use serde_json::json;
use testkit::desk;

use crate::{ada, key, token};

#[tokio::test]
async fn my_keys_without_their_secrets_newest_first() {
    desk(async |desk| {
        let (ada, other) = (ada(desk).await, desk.person("admin").await);
        let mut texts = Vec::new();
        for scope in ["incidents:read", "events:read", "*:write"] {
            texts.push(key(&ada, &[scope]).await.0);
        }
        desk.execute("update api_keys set expires_at = now() where scopes = '{events:read}'").await;
        let listed = ada.get("/v1/auth/api-keys").await;
        assert_eq!(listed.status, 200, "{}", listed.body);
        assert!(texts.iter().all(|made| !listed.body.contains(token(made, "key")) && listed.body.contains(token(made, "prefix"))));
        let scopes: Vec<_> = listed.json()["items"].as_array().unwrap().iter().map(|item| item["scopes"][0].clone()).collect();
        assert_eq!(scopes, ["*:write", "events:read", "incidents:read"], "those that are over too");

        let page = ada.get("/v1/auth/api-keys?limit=2").await.json();
        let rest = ada.get(&format!("/v1/auth/api-keys?limit=2&cursor={}", token(&page, "next"))).await.json();
        assert_eq!((&rest["items"][0]["scopes"], &rest["next"]), (&json!(["incidents:read"]), &json!(null)));
        assert_eq!(ada.get(&format!("/v1/auth/sessions?cursor={}", token(&page, "next"))).await.status, 400, "another list's");
        assert_eq!(other.get("/v1/auth/api-keys").await.json()["items"], json!([]));
        assert_eq!(desk.nobody().get("/v1/auth/api-keys").await.status, 401);
    })
    .await;
}
