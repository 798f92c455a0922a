//! `POST /v1/auth/refresh`
use futures_util::future::join_all;
use serde_json::json;
use testkit::{Desk, Reply, desk};

use crate::{PASSWORD, known, login, token};

async fn refresh(desk: &Desk, token: &str) -> Reply {
    desk.nobody().post("/v1/auth/refresh", json!({"refresh_token": token})).await
}

/// The refresh token of a new session.
async fn first(desk: &Desk) -> String {
    known(desk, "ada@example.com", PASSWORD).await;
    token(&login(desk, "ada@example.com", PASSWORD).await.json(), "refresh_token").to_owned()
}

async fn next(desk: &Desk, old: &str) -> String {
    let reply = refresh(desk, old).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    token(&reply.json(), "refresh_token").to_owned()
}

async fn pass_ten_seconds(desk: &Desk) {
    desk.execute("update sessions set spent_at = spent_at - interval '10 seconds'").await;
}

#[tokio::test]
async fn new_tokens_for_old_and_a_copy_of_the_old_one_ends_the_session() {
    desk(async |desk| {
        let first = first(desk).await;
        let second = refresh(desk, &first).await;
        assert_eq!((second.status, second.header("cache-control")), (200, Some("no-store")), "{}", second.body);
        let second = second.json();
        assert_ne!(first, token(&second, "refresh_token"));
        let ada = desk.nobody().with_token(token(&second, "access_token"));
        assert_eq!(ada.get("/v1/auth/me").await.status, 200);
        pass_ten_seconds(desk).await;
        assert_eq!(refresh(desk, &first).await.status, 401);
        // Whoever it was that copied it: the session ends for both.
        assert_eq!(refresh(desk, token(&second, "refresh_token")).await.status, 401);
        assert_eq!(ada.get("/v1/auth/me").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn two_tabs_are_given_the_same_token_for_ten_seconds() {
    desk(async |desk| {
        let first = first(desk).await;
        let second = next(desk, &first).await;
        assert_eq!(next(desk, &first).await, second);
        let third = next(desk, &second).await;
        assert_ne!(third, second);
        assert_eq!(next(desk, &second).await, third);
        assert_eq!(desk.rows("select id::text from sessions where revoked_at is null").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn any_token_that_was_ever_spent_tells_a_copy() {
    desk(async |desk| {
        let first = first(desk).await;
        let mut newest = next(desk, &first).await;
        for _ in 0..3 {
            pass_ten_seconds(desk).await;
            newest = next(desk, &newest).await;
        }
        assert_eq!(refresh(desk, &first).await.status, 401);
        assert_eq!(refresh(desk, &newest).await.status, 401);
        assert_eq!(desk.rows("select id::text from sessions where revoked_at is null").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn twenty_at_once_are_one_exchange() {
    desk(async |desk| {
        let first = first(desk).await;
        let replies = join_all((0..20).map(|_| refresh(desk, &first))).await;
        let tokens: Vec<String> = replies.iter().map(|reply| token(&reply.json(), "refresh_token").to_owned()).collect();
        assert!(tokens.iter().all(|token| *token == tokens[0] && *token != first));
        assert_eq!(next(desk, &tokens[0]).await.len(), 43);
        assert_eq!(desk.rows("select id::text from sessions where revoked_at is null").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_does_not_count_is_not_refreshed() {
    desk(async |desk| {
        let first = first(desk).await;
        for nonsense in ["", "nonsense", &"A".repeat(43), &"A".repeat(1000), "\u{0}", "ü"] {
            assert_eq!(refresh(desk, nonsense).await.status, 401, "{nonsense}");
        }
        for (wrong, status) in [(json!({}), 422), (json!({"refresh_token": 1}), 422), (json!({"refresh_token": "x", "x": 1}), 400)] {
            assert_eq!(desk.nobody().post("/v1/auth/refresh", wrong).await.status, status);
        }
        desk.execute("update users set active = false").await;
        assert_eq!(refresh(desk, &first).await.status, 401);
        desk.execute("update users set active = true; update sessions set expires_at = now()").await;
        assert_eq!(refresh(desk, &first).await.status, 401);
        desk.execute("update sessions set expires_at = now() + interval '1 day', revoked_at = now()").await;
        assert_eq!(refresh(desk, &first).await.status, 401);
    })
    .await;
}
