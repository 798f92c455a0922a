//! `POST /v1/auth/password-resets`
use serde_json::json;
use testkit::desk;

use crate::{ada, key};

#[tokio::test]
async fn an_administrator_issues_one_and_nobody_else() {
    desk(async |desk| {
        let ada = ada(desk).await;
        let id = ada.get("/v1/auth/me").await.json()["id"].clone();
        let admin = desk.person("admin").await;
        let reply = admin.post("/v1/auth/password-resets", json!({"user_id": id})).await;
        assert_eq!((reply.status, reply.header("cache-control")), (201, Some("no-store")), "{}", reply.body);
        let token = reply.json()["token"].as_str().unwrap().to_owned();
        assert_eq!((token.len(), &reply.json()["user_id"]), (43, &id));
        assert!(!desk.rows("select row_to_json(r)::text from password_resets r").await[0].contains(&token), "stored hashed");

        for role in ["requester", "agent", "manager", "auditor"] {
            let reply = desk.person(role).await.post("/v1/auth/password-resets", json!({"user_id": id})).await;
            assert_eq!(reply.status, 403, "{role}");
        }
        assert_eq!(desk.nobody().post("/v1/auth/password-resets", json!({"user_id": id})).await.status, 401);
        let (_, holder) = key(&admin, &["*:write"]).await;
        assert_eq!(holder.post("/v1/auth/password-resets", json!({"user_id": id})).await.status, 403);
        assert_eq!(desk.rows("select id::text from password_resets").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn it_is_for_somebody_who_is_there_and_takes_the_place_of_the_one_before() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let first = admin.post("/v1/auth/password-resets", json!({"user_id": agent.id})).await.json();
        assert_eq!(admin.post("/v1/auth/password-resets", json!({"user_id": agent.id})).await.status, 201);
        let redeem = json!({"token": first["token"], "new_password": crate::OTHER});
        assert_eq!(desk.nobody().post("/v1/auth/password-resets/redeem", redeem).await.status, 422);
        assert_eq!(desk.rows("select id::text from password_resets").await.len(), 1);

        desk.execute(&format!("update users set active = false where id = '{}'", agent.id)).await;
        for user in [agent.id, uuid::Uuid::now_v7()] {
            let reply = admin.post("/v1/auth/password-resets", json!({"user_id": user})).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/user_id")));
        }
        for (wrong, status) in [(json!({}), 422), (json!({"user_id": "x"}), 422), (json!({"user_id": agent.id, "x": 1}), 400)] {
            assert_eq!(admin.post("/v1/auth/password-resets", wrong).await.status, status);
        }
    })
    .await;
}
