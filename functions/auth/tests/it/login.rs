//! `POST /v1/auth/login`, `GET /v1/auth/me`, `GET /.well-known/jwks.json`
use serde_json::json;
use shared::token::Verifier;
use testkit::desk;

use crate::{known, login, token};

#[tokio::test]
async fn the_right_password_opens_a_session_that_every_function_knows() {
    desk(async |desk| {
        known(desk, "ada@example.com", "correct horse").await;
        let reply = login(desk, "Ada@Example.com", "correct horse").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let body = reply.json();
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(900)));
        let ada = desk.nobody().with_token(token(&body, "access_token"));
        let me = ada.get("/v1/auth/me").await.json();
        assert_eq!((&me["email"], &me["role"], &me["teams"]), (&json!("ada@example.com"), &json!("agent"), &json!([])));
        assert_eq!(ada.get("/v1/incidents").await.status, 200);
        assert!(!desk.rows("select refresh_hash from sessions").await[0].contains(token(&body, "refresh_token")));
    })
    .await;
}

#[tokio::test]
async fn unknown_and_wrong_are_one_answer() {
    desk(async |desk| {
        known(desk, "ada@example.com", "correct horse").await;
        desk.execute("insert into users (id, email, name, role) values (gen_random_uuid(), 'nopassword@example.com', 'x', 'agent')").await;
        let wrong = login(desk, "ada@example.com", "battery staple").await;
        let unknown = login(desk, "eve@example.com", "battery staple").await;
        let without = login(desk, "nopassword@example.com", "").await;
        desk.execute("update users set active = false").await;
        let inactive = login(desk, "ada@example.com", "correct horse").await;
        for reply in [&wrong, &unknown, &without, &inactive] {
            assert_eq!((reply.status, &reply.json()["detail"]), (401, &wrong.json()["detail"]));
        }
        let nobody = desk.nobody();
        assert_eq!(nobody.post("/v1/auth/login", json!({"email": "x"})).await.status, 422);
        assert_eq!(nobody.post("/v1/auth/login", json!({"email": "x", "password": "x".repeat(1025)})).await.status, 422);
        assert_eq!(nobody.post("/v1/auth/login", json!({"email": "x\u{0}", "password": "x"})).await.status, 422);
        assert_eq!(nobody.get("/v1/auth/me").await.status, 401);
        assert!(desk.rows("select id::text from sessions").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_published_keys_verify_the_tokens() {
    desk(async |desk| {
        known(desk, "ada@example.com", "correct horse").await;
        let body = login(desk, "ada@example.com", "correct horse").await.json();
        let keys = desk.nobody().get("/.well-known/jwks.json").await;
        assert_eq!((keys.status, keys.header("content-type")), (200, Some("application/json")));
        assert!(!keys.body.contains("\"d\""), "no private key");
        let caller = Verifier::new(&keys.body).unwrap().verify(token(&body, "access_token"), shared::app::now().as_second());
        assert_eq!(caller.unwrap().session.to_string(), desk.rows("select id::text from sessions").await[0]);
    })
    .await;
}
