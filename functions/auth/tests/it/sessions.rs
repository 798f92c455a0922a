//! `GET /v1/auth/sessions`
use serde_json::{Value, json};
use testkit::desk;

use crate::{PASSWORD, ada, known, token};

#[tokio::test]
async fn my_sessions_with_where_they_are() {
    desk(async |desk| {
        known(desk, "ada@example.com", PASSWORD).await;
        let from = async |address: &str, agent: &str| {
            let body = json!({"email": "ada@example.com", "password": PASSWORD});
            desk.nobody().post_with("/v1/auth/login", &[("x-forwarded-for", address), ("user-agent", agent)], body).await.json()
        };
        // What a client writes before its own address is only a claim.
        let (phone, desktop) = (from("198.51.100.7", "Phone/1.0").await, from("8.8.8.8, 2001:db8::1", &"x".repeat(300)).await);
        let over = from("198.51.100.8", "Over/1.0").await;
        desk.execute("update sessions set expires_at = now() where user_agent = 'Over/1.0'").await;
        let desktop = desk.nobody().with_token(token(&desktop, "access_token"));
        let reply = desktop.get("/v1/auth/sessions").await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some("private, no-cache")), "{}", reply.body);
        let listed = reply.json();
        let items = listed["items"].as_array().unwrap();
        let shown: Vec<_> = items.iter().map(|item| (&item["current"], &item["address"], &item["refreshed_at"])).collect();
        assert_eq!(shown, [(&json!(true), &json!("2001:db8::1"), &Value::Null), (&json!(false), &json!("198.51.100.7"), &Value::Null)]);
        assert_eq!((&items[0]["user_agent"], &items[1]["user_agent"]), (&json!("x".repeat(200)), &json!("Phone/1.0")));
        assert!(!reply.body.contains("hash") && listed["next"].is_null());

        let headers = [("x-forwarded-for", "198.51.100.9"), ("user-agent", "Phone/1.1")];
        let body = json!({"refresh_token": token(&phone, "refresh_token")});
        assert_eq!(desk.nobody().post_with("/v1/auth/refresh", &headers, body).await.status, 200);
        let item = desktop.get("/v1/auth/sessions").await.json()["items"][1].clone();
        assert_eq!((&item["address"], &item["user_agent"]), (&json!("198.51.100.9"), &json!("Phone/1.1")));
        assert!(item["refreshed_at"].is_string());
        assert_eq!(desk.nobody().with_token(token(&over, "access_token")).get("/v1/auth/sessions").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn they_come_in_pages_and_nobody_elses_among_them() {
    desk(async |desk| {
        let (ada, other) = (ada(desk).await, desk.person("admin").await);
        desk.execute("insert into sessions (id, user_id, refresh_hash, expires_at) select md5(n::text)::uuid, user_id, n::text, expires_at from sessions, generate_series(1, 4) n where user_agent is null and family is not null").await;
        let mut seen = Vec::new();
        let mut path = "/v1/auth/sessions?limit=2".to_owned();
        loop {
            let page = ada.get(&path).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/v1/auth/sessions?limit=2&cursor={next}");
        }
        assert_eq!(seen.len(), 5);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 5);
        assert_eq!(other.get("/v1/auth/sessions").await.json()["items"].as_array().unwrap().len(), 1);
        for wrong in ["?limit=0", "?cursor=x", "?x=1"] {
            assert_eq!(ada.get(&format!("/v1/auth/sessions{wrong}")).await.status, 400, "{wrong}");
        }
        assert_eq!(desk.nobody().get("/v1/auth/sessions").await.status, 401);
    })
    .await;
}
