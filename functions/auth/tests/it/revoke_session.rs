//! `DELETE /v1/auth/sessions/{id}`
use serde_json::Value;
use testkit::{Person, desk};

use crate::{ada, again, delete};

/// The path of the session that is not the one that asks.
async fn the_other(person: &Person<'_>) -> String {
    let listed = person.get("/v1/auth/sessions").await.json();
    let other = listed["items"].as_array().unwrap().iter().find(|item| item["current"] == Value::Bool(false)).unwrap();
    format!("/v1/auth/sessions/{}", other["id"].as_str().unwrap())
}

#[tokio::test]
async fn one_of_mine_ends_at_once() {
    desk(async |desk| {
        let (first, second) = (ada(desk).await, again(desk).await);
        let path = the_other(&second).await;
        for stranger in ["admin", "agent"] {
            assert_eq!(delete(&desk.person(stranger).await, &path).await.status, 404, "{stranger}");
        }
        assert_eq!(delete(&desk.nobody(), &path).await.status, 401);
        assert_eq!(delete(&second, &path).await.status, 204);
        assert_eq!((first.get("/v1/auth/me").await.status, second.get("/v1/auth/me").await.status), (401, 200));
        assert_eq!(delete(&second, &path).await.status, 404);
        for missing in ["x", "0190a000-0000-7000-8000-000000000000"] {
            assert_eq!(delete(&second, &format!("/v1/auth/sessions/{missing}")).await.problem(), "not-found", "{missing}");
        }
        let mine = second.get("/v1/auth/sessions").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(delete(&second, &format!("/v1/auth/sessions/{mine}")).await.status, 204);
        assert_eq!(second.get("/v1/auth/me").await.status, 401);
    })
    .await;
}
