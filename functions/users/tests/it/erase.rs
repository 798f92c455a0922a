//! `POST /v1/users/{id}/erasure`
use serde_json::json;
use testkit::desk;

use crate::{events, path};

#[tokio::test]
async fn nothing_of_the_person_is_left_but_a_pseudonym_that_history_hangs_on() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let (key, new) = ([("idempotency-key", "k")], json!({"email": "canary@example.com", "name": "Canary Bird", "role": "agent", "locale": "de"}));
        let person = admin.post_with("/v1/users", &key, new.clone()).await.json();
        let (id, path) = (person["id"].as_str().unwrap().to_owned(), format!("/v1/users/{}", person["id"].as_str().unwrap()));
        assert_eq!(admin.patch(&path, json!({"name": "Canary Fowl", "time_zone": "Europe/Vienna"})).await.status, 200);
        let team = desk.team("Network", false).await;
        desk.execute(&format!(
            "update users set password_hash = 'canary' where id = '{id}';
             insert into sessions (id, user_id, refresh_hash, expires_at) values (gen_random_uuid(), '{id}', 'canary', now() + interval '1 day');
             insert into api_keys (id, session_id, user_id, name, prefix, scopes, expires_at)
               values (gen_random_uuid(), gen_random_uuid(), '{id}', 'canary', 'x', '{{}}', now() + interval '1 day');
             insert into password_resets (id, user_id, token_hash, created_by, expires_at)
               values (gen_random_uuid(), '{id}', 'canary', '{id}', now() + interval '1 day');
             insert into team_members values ('{team}', '{id}');
             insert into idempotency_keys values ('{id}', 'r', 'k', 'canary', 200, '{{}}')"
        ))
        .await;
        let ticket = admin.post("/v1/incidents", json!({"short_description": "x", "caller_id": id})).await.json();

        let erased = admin.post(&format!("{path}/erasure"), json!({})).await;
        assert_eq!((erased.status, erased.header("etag")), (200, Some("\"3\"")), "{}", erased.body);
        let body = erased.json();
        assert_eq!(body["name"], format!("Erased person {}", &id[28..]));
        assert_eq!(body["email"], format!("erased-{id}@erased.invalid"));
        assert_eq!(
            (&body["active"], &body["role"], &body["locale"], &body["time_zone"]),
            (&json!(false), &json!("requester"), &json!(null), &json!(null))
        );
        assert!(body["erased_at"].is_string());
        assert_eq!(admin.get(&path).await.json(), body);
        for table in ["users", "sessions", "api_keys", "password_resets", "team_members", "idempotency_keys", "events"] {
            let rows = desk.rows(&format!("select x::text from {table} x where x::text ilike '%canary%'")).await;
            assert!(rows.is_empty(), "{table}: {rows:?}");
        }
        for (table, left) in [("sessions", "1"), ("api_keys", "0"), ("password_resets", "0"), ("team_members", "0"), ("idempotency_keys", "0")] {
            assert_eq!(desk.rows(&format!("select count(*)::text from {table}")).await, [left], "{table}");
        }
        assert_eq!(admin.get(&format!("/v1/incidents/{}", ticket["id"].as_str().unwrap())).await.json()["caller_id"], id);
        let expected = json!({"role": ["agent", "requester"], "active": [true, false], "name": [], "email": []});
        assert_eq!(events(desk, id.parse().unwrap()).await[2], ("erased".to_owned(), expected));
        assert_eq!(admin.post_with("/v1/users", &key, new).await.status, 201, "the answer of then is forgotten, the address is free");
    })
    .await;
}

#[tokio::test]
async fn a_repeat_gets_the_same_answer_and_nothing_changes_any_more() {
    desk(async |desk| {
        let (admin, person) = (desk.person("admin").await, desk.person("agent").await);
        let erase = async || admin.post(&format!("{}/erasure", path(&person)), json!({})).await;
        let first = erase().await;
        let again = erase().await;
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        assert_eq!(events(desk, person.id).await.len(), 1);
        for change in [json!({"name": "Back"}), json!({"active": true}), json!({"email": "back@example.com"}), json!({"locale": "de"})] {
            let reply = admin.patch(&path(&person), change.clone()).await;
            assert_eq!((reply.status, reply.problem().as_str()), (409, "conflict"), "{change}");
        }
        assert_eq!(person.get("/v1/users/me").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn only_administrators_and_never_themselves() {
    desk(async |desk| {
        let (admin, person) = (desk.person("admin").await, desk.person("requester").await);
        for role in ["requester", "agent", "manager", "auditor"] {
            let reply = desk.person(role).await.post(&format!("{}/erasure", path(&person)), json!({})).await;
            assert_eq!((reply.status, reply.problem().as_str()), (403, "forbidden"), "{role}");
        }
        assert_eq!(person.post(&format!("{}/erasure", path(&person)), json!({})).await.status, 403);
        assert_eq!(desk.nobody().post(&format!("{}/erasure", path(&person)), json!({})).await.status, 401);
        let oneself = admin.post(&format!("{}/erasure", path(&admin)), json!({})).await;
        assert_eq!((oneself.status, oneself.problem().as_str()), (409, "conflict"));
        assert_eq!(desk.rows("select count(*)::text from users where erased_at is not null").await, ["0"]);
        let other = desk.person("admin").await;
        assert_eq!(admin.post(&format!("{}/erasure", path(&other)), json!({})).await.status, 200);
        assert_eq!(admin.get("/v1/users/me").await.status, 200);
    })
    .await;
}
