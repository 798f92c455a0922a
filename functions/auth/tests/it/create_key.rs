//! `POST /v1/auth/api-keys`, and what a key may do
use serde_json::{Value, json};
use testkit::{Person, desk};

use crate::{ada, key, post, token};

#[tokio::test]
async fn it_is_shown_once_and_acts_as_its_owner() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (made, holder) = key(&agent, &["incidents:write", "incidents:read", "incidents:read"]).await;
        let text = token(&made, "key");
        assert_eq!(made["scopes"], json!(["incidents:read", "incidents:write"]));
        assert!(text.starts_with(token(&made, "prefix")) && text.len() == token(&made, "prefix").len() + 56, "{text}");
        assert!(made["last_used_at"].is_null());
        let stored = desk.rows("select row_to_json(k)::text from api_keys k").await;
        assert!(!stored[0].contains(&text[text.len() - 56..]), "stored hashed");

        let raised = holder.post("/v1/incidents", json!({"short_description": "x"})).await;
        assert_eq!((raised.status, &raised.json()["opened_by"]), (201, &json!(agent.id)));
        assert_eq!(holder.get("/v1/incidents").await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(desk.rows("select (last_used_at > now() - interval '1 minute')::text from api_keys").await, ["true"]);
    })
    .await;
}

#[tokio::test]
async fn each_scope_opens_its_own_door() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let reads = ["/v1/incidents", "/v1/settings", "/v1/categories", "/v1/events"];
        for (scopes, statuses, may_write) in [
            (["incidents:read"], [200, 403, 403, 403], false),
            (["settings:read"], [403, 200, 200, 403], false),
            (["events:read"], [403, 403, 403, 200], false),
            (["users:read"], [403; 4], false),
            (["*:read"], [200; 4], false),
            (["incidents:write"], [403; 4], true),
            (["*:write"], [403; 4], true),
        ] {
            let (_, holder) = key(&admin, &scopes).await;
            for (path, status) in reads.iter().zip(statuses) {
                assert_eq!(holder.get(path).await.status, status, "{scopes:?} {path}");
            }
            let raised = holder.post("/v1/incidents", json!({"short_description": "x"})).await;
            assert_eq!(raised.status, if may_write { 201 } else { 403 }, "{scopes:?}");
            assert_eq!(holder.get("/v1/auth/me").await.status, 200, "{scopes:?}");
        }
        let (_, holder) = key(&admin, &["incidents:read"]).await;
        assert_eq!(holder.get("/v1/settings").await.problem(), "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_scope_is_no_right_and_sessions_and_keys_are_for_people() {
    desk(async |desk| {
        let (requester, auditor) = (desk.person("requester").await, desk.person("auditor").await);
        let (_, theirs) = key(&requester, &["*:read", "*:write"]).await;
        assert_eq!(desk.person("agent").await.post("/v1/incidents", json!({"short_description": "x"})).await.status, 201);
        assert_eq!(theirs.get("/v1/incidents").await.json()["items"], json!([]), "a requester's key sees what a requester sees");
        assert_eq!(theirs.patch("/v1/settings", json!({"auto_close_days": 1})).await.status, 403);
        let (_, reader) = key(&auditor, &["*:write"]).await;
        assert_eq!(reader.post("/v1/incidents", json!({"short_description": "x"})).await.status, 403);

        for path in ["/v1/auth/sessions", "/v1/auth/api-keys"] {
            assert_eq!(theirs.get(path).await.status, 403, "{path}");
        }
        for path in ["/v1/auth/logout", "/v1/auth/logout-everywhere"] {
            assert_eq!(post(&theirs, path).await.status, 403, "{path}");
        }
        assert_eq!(theirs.post("/v1/auth/api-keys", json!({"name": "another", "scopes": ["*:read"]})).await.status, 403);
        assert_eq!(desk.rows("select id::text from api_keys").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn who_is_out_is_out_with_every_key() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (made, holder) = key(&agent, &["incidents:read"]).await;
        assert_eq!(holder.get("/v1/incidents").await.status, 200);
        let text = token(&made, "key");
        let last = if text.ends_with('0') { "1" } else { "0" };
        let tampered = [
            text.replace("incidents", "all"),
            text.replace("read_", "read+events.read_"),
            format!("{}{last}", &text[..text.len() - 1]),
            text.to_uppercase(),
            "itsm_".to_owned(),
            format!("{text}0"),
        ];
        for key in tampered {
            assert_eq!(holder.with_token(&key).get("/v1/incidents").await.status, 401, "{key}");
        }
        for (out, back) in [
            ("update users set active = false", "update users set active = true"),
            ("update api_keys set expires_at = now()", "update api_keys set expires_at = now() + interval '1 day'"),
        ] {
            desk.execute(out).await;
            assert_eq!(holder.get("/v1/incidents").await.problem(), "unauthenticated", "{out}");
            desk.execute(back).await;
            assert_eq!(holder.get("/v1/incidents").await.status, 200, "{back}");
        }
        desk.execute("update users set role = 'requester'").await;
        assert_eq!(holder.get("/v1/auth/me").await.json()["role"], "requester");
    })
    .await;
}

async fn pointer(person: &Person<'_>, body: Value) -> Value {
    let reply = person.post("/v1/auth/api-keys", body).await;
    assert_eq!(reply.status, 422, "{}", reply.body);
    reply.json()["errors"][0]["pointer"].clone()
}

#[tokio::test]
async fn what_it_is_asked_for_is_checked() {
    desk(async |desk| {
        let ada = ada(desk).await;
        for (field, value, at) in [
            ("name", json!(""), "/name"),
            ("name", json!("x".repeat(81)), "/name"),
            ("scopes", json!([]), "/scopes"),
            ("scopes", json!(["incidents:read", "everything"]), "/scopes/1"),
            ("scopes", json!(["auth:write"]), "/scopes/0"),
            ("expires_at", json!("2001-01-01T00:00:00Z"), "/expires_at"),
            ("expires_at", json!("2999-01-01T00:00:00Z"), "/expires_at"),
            ("expires_at", json!("tomorrow"), "/expires_at"),
        ] {
            let mut body = json!({"name": "x", "scopes": ["*:read"]});
            body[field] = value;
            assert_eq!(pointer(&ada, body.clone()).await, at, "{body}");
        }
        assert_eq!(ada.post("/v1/auth/api-keys", json!({"name": "x", "scopes": ["*:read"], "x": 1})).await.status, 400);
        assert_eq!(desk.nobody().post("/v1/auth/api-keys", json!({"name": "x", "scopes": ["*:read"]})).await.status, 401);
        let expires_at = desk.rows("select to_char(now() + interval '300 days', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')").await.remove(0);
        let made = ada.post("/v1/auth/api-keys", json!({"name": "x", "scopes": ["*:read"], "expires_at": expires_at})).await;
        assert_eq!((made.status, &made.json()["expires_at"].as_str().unwrap()[..19]), (201, &expires_at[..19]));
    })
    .await;
}
