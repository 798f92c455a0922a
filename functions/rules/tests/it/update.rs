//! `PATCH /v1/rules/{id}`, `DELETE /v1/rules/{id}`
use http::Method;
use serde_json::json;
use testkit::desk;

use crate::{UNKNOWN, small};

#[tokio::test]
async fn fields_change_with_a_version_and_an_event() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let id = admin.post("/v1/rules", small("First")).await.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/rules/{id}");
        let change = json!({"name": "Second", "events": null, "after": {"minutes": 10, "since": "updated"}, "conditions": [{"any": []}]});
        let reply = admin.patch(&path, change.clone()).await;
        assert_eq!((reply.status, reply.header("etag")), (200, Some("\"2\"")), "{}", reply.body);
        assert_eq!(admin.get(&path).await.json(), reply.json());
        assert_eq!(admin.patch(&path, change).await.json(), reply.json(), "nothing new is no new version");
        assert_eq!(desk.rows(&format!("select name from users where id = '{id}'")).await, ["rule:Second"]);
        assert_eq!(admin.patch_with(&path, &[("if-match", "\"1\"")], json!({"active": false})).await.status, 412);
        for (pointer, change) in [("/name", json!({"name": null})), ("/events", json!({"after": null})), ("/actions", json!({"actions": []}))] {
            let reply = admin.patch(&path, change).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{}", reply.body);
        }
        assert_eq!(admin.patch(&path, json!({"id": 1})).await.status, 400);
        admin.post("/v1/rules", small("Taken")).await;
        assert_eq!(admin.patch(&path, json!({"name": "Taken"})).await.status, 409);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_refused_and_what_stood_there_before_stays() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let path = format!("/v1/rules/{}", admin.post("/v1/rules", small("First")).await.json()["id"].as_str().unwrap());
        for (pointer, change) in [
            ("/events/1", json!({"events": ["created", "exploded"]})),
            ("/actions/0/assigned_to", json!({"actions": [{"do": "assign", "assigned_to": UNKNOWN}]})),
            ("/conditions/0/not/value", json!({"conditions": [{"not": {"field": "restricted_to", "op": "eq", "value": UNKNOWN}}]})),
        ] {
            let reply = admin.patch(&path, change).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{}", reply.body);
        }
        assert_eq!(admin.get(&path).await.header("etag"), Some("\"1\""));
        let actions = json!([{"do": "assign", "assigned_to": UNKNOWN}]);
        desk.execute(&format!("update rules set events = '{{exploded}}', actions = '{actions}'")).await;
        let reply = admin.patch(&path, json!({"active": false})).await;
        assert_eq!((reply.status, &reply.json()["active"], &reply.json()["actions"]), (200, &json!(false), &actions), "{}", reply.body);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_one_is_gone_and_its_name_is_free() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let path = format!("/v1/rules/{}", admin.post("/v1/rules", small("First")).await.json()["id"].as_str().unwrap());
        assert_eq!(admin.send(Method::DELETE, &path, &[], None).await.status, 204);
        for gone in [admin.get(&path).await, admin.patch(&path, json!({"active": true})).await, admin.get(&format!("{path}/runs")).await] {
            assert_eq!(gone.status, 404);
        }
        assert_eq!(admin.post("/v1/rules", small("First")).await.status, 201);
    })
    .await;
}
