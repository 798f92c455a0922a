//! `POST /v1/auth/refresh`
use serde_json::json;
use testkit::{Desk, Reply, desk};

use crate::{known, login, token};

async fn refresh(desk: &Desk, token: &str) -> Reply {
    desk.nobody().post("/v1/auth/refresh", json!({"refresh_token": token})).await
}

#[tokio::test]
async fn new_tokens_for_old_and_the_old_one_is_spent() {
    desk(async |desk| {
        known(desk, "ada@example.com", "correct horse").await;
        let first = login(desk, "ada@example.com", "correct horse").await.json();
        let second = refresh(desk, token(&first, "refresh_token")).await;
        assert_eq!(second.status, 200, "{}", second.body);
        let second = second.json();
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        let ada = desk.nobody().with_token(token(&second, "access_token"));
        assert_eq!(ada.get("/v1/auth/me").await.status, 200);
        // A spent token that comes back was copied: the session ends for both.
        assert_eq!(refresh(desk, token(&first, "refresh_token")).await.status, 401);
        assert_eq!(refresh(desk, token(&second, "refresh_token")).await.status, 401);
        assert_eq!(ada.get("/v1/auth/me").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_does_not_count_is_not_refreshed() {
    desk(async |desk| {
        known(desk, "ada@example.com", "correct horse").await;
        let tokens = login(desk, "ada@example.com", "correct horse").await.json();
        assert_eq!(refresh(desk, "nonsense").await.status, 401);
        desk.execute("update users set active = false").await;
        assert_eq!(refresh(desk, token(&tokens, "refresh_token")).await.status, 401);
        desk.execute("update users set active = true; update sessions set expires_at = now()").await;
        assert_eq!(refresh(desk, token(&tokens, "refresh_token")).await.status, 401);
    })
    .await;
}
