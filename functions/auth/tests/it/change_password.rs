//! `POST /v1/auth/password`
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Person, Reply, desk};

use crate::{OTHER, PASSWORD, ada, again, key, login};

async fn change(person: &Person<'_>, current: &str, new: &str) -> Reply {
    person.post("/v1/auth/password", json!({"current_password": current, "new_password": new})).await
}

fn field(reply: &Reply) -> Value {
    assert_eq!(reply.status, 422, "{}", reply.body);
    reply.json()["errors"][0]["pointer"].clone()
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    desk(async |desk| {
        let (first, second) = (ada(desk).await, again(desk).await);
        desk.execute("insert into password_resets (id, user_id, token_hash, created_by, expires_at) select gen_random_uuid(), id, 'x', id, now() + interval '1 day' from users").await;
        let reply = change(&second, PASSWORD, OTHER).await;
        assert_eq!((reply.status, reply.body.as_str()), (204, ""));
        assert_eq!((first.get("/v1/auth/me").await.status, second.get("/v1/auth/me").await.status), (401, 200));
        assert_eq!(login(desk, "ada@example.com", PASSWORD).await.status, 401);
        assert_eq!(login(desk, "ada@example.com", OTHER).await.status, 200);
        assert!(desk.rows("select id::text from password_resets").await.is_empty(), "a reset that was under way is over");
    })
    .await;
}

#[tokio::test]
async fn it_needs_the_old_one_and_a_good_new_one() {
    desk(async |desk| {
        let ada = ada(desk).await;
        for wrong in ["battery staple", "", &"x".repeat(1025)] {
            assert_eq!(field(&change(&ada, wrong, OTHER).await), "/current_password", "{wrong}");
        }
        for bad in ["", "14 characters.", "ada@EXAMPLE.com", &"x".repeat(1025)] {
            assert_eq!(field(&change(&ada, PASSWORD, bad).await), "/new_password", "{bad}");
        }
        assert_eq!(ada.post("/v1/auth/password", json!({"new_password": OTHER})).await.status, 422);
        assert_eq!(ada.post("/v1/auth/password", json!({"current_password": PASSWORD, "new_password": OTHER, "x": 1})).await.status, 400);
        assert_eq!(change(&desk.nobody(), PASSWORD, OTHER).await.status, 401);
        assert_eq!(login(desk, "ada@example.com", PASSWORD).await.status, 200);
        // Who logs in by other means has no password to change.
        assert_eq!(field(&change(&desk.person("agent").await, PASSWORD, OTHER).await), "/current_password");
        let (_, holder) = key(&ada, &["*:read", "*:write"]).await;
        assert_eq!(change(&holder, PASSWORD, OTHER).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn of_two_at_once_one_is_right() {
    desk(async |desk| {
        let ada = ada(desk).await;
        let news = ["first of the new ones", "other of the new ones"];
        let replies = join_all(news.map(|new| change(&ada, PASSWORD, new))).await;
        let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 422]);
        let right = replies.iter().position(|reply| reply.status == 204).unwrap();
        assert_eq!(login(desk, "ada@example.com", news[right]).await.status, 200);
    })
    .await;
}
