//! `GET /v1/users/{id}`
use serde_json::json;
use testkit::desk;
use users::user::User;

use crate::{ROLES, members, path};

const ALL: [&str; 11] = ["active", "created_at", "email", "erased_at", "id", "locale", "name", "role", "time_zone", "updated_at", "version"];
const WITHOUT_PREFERENCES: [&str; 9] = ["active", "created_at", "email", "erased_at", "id", "name", "role", "updated_at", "version"];

#[tokio::test]
async fn each_role_sees_what_it_needs() {
    desk(async |desk| {
        let somebody = desk.person("requester").await;
        for role in ROLES {
            let person = desk.person(role).await;
            let other = person.get(&path(&somebody)).await;
            assert_eq!((other.status, other.header("etag")), (200, Some("\"1\"")), "{role}");
            let seen: User = serde_json::from_str(&other.body).unwrap();
            assert_eq!((seen.id, seen.name.as_str()), (somebody.id, "A requester"));
            let expected = match role {
                "requester" => vec!["id", "name", "version"],
                "admin" => ALL.to_vec(),
                _ => WITHOUT_PREFERENCES.to_vec(),
            };
            assert_eq!(members(&other.json()), expected, "{role}");
            let oneself = person.get("/v1/users/me").await;
            assert_eq!((oneself.status, &oneself.body), (200, &person.get(&path(&person)).await.body));
            assert_eq!(members(&oneself.json()), ALL, "{role}");
            assert_eq!(oneself.json()["role"], role);
        }
        assert_eq!(desk.nobody().get(&path(&somebody)).await.status, 401);
        assert_eq!(desk.nobody().get("/v1/users/me").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn the_version_is_the_etag_for_all_of_them() {
    desk(async |desk| {
        let somebody = desk.person("agent").await;
        for role in ["requester", "agent", "admin"] {
            let person = desk.person(role).await;
            let known = person.get_with(&path(&somebody), &[("if-none-match", "\"1\"")]).await;
            assert_eq!((known.status, known.body.as_str()), (304, ""), "{role}");
            assert_eq!(person.get_with(&path(&somebody), &[("if-none-match", "\"2\"")]).await.status, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_there_under_another_name() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let braced = format!("%7B{}%7D", admin.id);
        for name in ["00000000-0000-7000-8000-000000000000", "nonsense", "ME", "admin@example.com", "%27%3B", "1", &braced] {
            let reply = admin.get(&format!("/v1/users/{name}")).await;
            assert_eq!((reply.status, reply.problem().as_str()), (404, "not-found"), "{name}");
            assert_eq!(admin.patch(&format!("/v1/users/{name}"), json!({"name": "x"})).await.status, 404, "{name}");
            assert_eq!(admin.get(&format!("/v1/users/{name}/export")).await.status, 404, "{name}");
            assert_eq!(admin.post(&format!("/v1/users/{name}/erasure"), json!({})).await.status, 404, "{name}");
        }
        for malformed in ["%FF", "me%00"] {
            assert_eq!(admin.get(&format!("/v1/users/{malformed}")).await.status, 400, "{malformed}");
        }
    })
    .await;
}
