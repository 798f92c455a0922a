//! `POST /v1/auth/password-resets/redeem`
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Desk, Person, Reply, desk};

use crate::{OTHER, PASSWORD, ada, login, token};

/// A reset for this person.
async fn reset(desk: &Desk, person: &Person<'_>) -> String {
    let id = person.get("/v1/auth/me").await.json()["id"].clone();
    let reply = desk.person("admin").await.post("/v1/auth/password-resets", json!({"user_id": id})).await;
    token(&reply.json(), "token").to_owned()
}

async fn redeem(desk: &Desk, token: &str, new: &str) -> Reply {
    desk.nobody().post("/v1/auth/password-resets/redeem", json!({"token": token, "new_password": new})).await
}

fn field(reply: &Reply) -> Value {
    assert_eq!(reply.status, 422, "{}", reply.body);
    reply.json()["errors"][0]["pointer"].clone()
}

#[tokio::test]
async fn it_sets_a_password_once_and_ends_every_session() {
    desk(async |desk| {
        let ada = ada(desk).await;
        let token = reset(desk, &ada).await;
        assert_eq!(ada.get("/v1/auth/me").await.status, 200, "issued is not yet redeemed");
        for bad in ["14 characters.", "Ada@example.com", &"x".repeat(1025)] {
            assert_eq!(field(&redeem(desk, &token, bad).await), "/new_password", "{bad}");
        }
        let reply = redeem(desk, &token, OTHER).await;
        assert_eq!((reply.status, reply.body.as_str()), (204, ""));
        assert_eq!(ada.get("/v1/auth/me").await.status, 401);
        assert_eq!(login(desk, "ada@example.com", PASSWORD).await.status, 401);
        assert_eq!(login(desk, "ada@example.com", OTHER).await.status, 200);
        assert_eq!(field(&redeem(desk, &token, PASSWORD).await), "/token");
        assert_eq!(login(desk, "ada@example.com", OTHER).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn one_that_is_over_or_nobodys_sets_nothing() {
    desk(async |desk| {
        let ada = ada(desk).await;
        let token = reset(desk, &ada).await;
        for wrong in ["", "x", &"A".repeat(43), &"x".repeat(10_000)] {
            assert_eq!(field(&redeem(desk, wrong, OTHER).await), "/token", "{wrong}");
        }
        assert_eq!(desk.nobody().post("/v1/auth/password-resets/redeem", json!({"token": token})).await.status, 422);
        desk.execute("update users set active = false where email = 'ada@example.com'").await;
        assert_eq!(field(&redeem(desk, &token, OTHER).await), "/token");
        desk.execute("update users set active = true; update password_resets set expires_at = now()").await;
        assert_eq!(field(&redeem(desk, &token, OTHER).await), "/token");
        assert_eq!(login(desk, "ada@example.com", PASSWORD).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn of_some_at_once_one_is_first() {
    desk(async |desk| {
        let ada = ada(desk).await;
        let token = reset(desk, &ada).await;
        let mut statuses: Vec<u16> = join_all((0..4).map(|_| redeem(desk, &token, OTHER))).await.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 422, 422, 422]);
    })
    .await;
}
