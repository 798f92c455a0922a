//! `PATCH /v1/webhooks/{id}`, `DELETE /v1/webhooks/{id}`
use http::Method;
use serde_json::json;
use testkit::desk;

use crate::made;

#[tokio::test]
async fn fields_change_with_a_version_and_an_event() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let path = made(&admin).await;
        let change = json!({"url": "https://example.org/", "events": ["incident.*"], "restricted": true, "active": false});
        let reply = admin.patch(&path, change.clone()).await;
        assert_eq!((reply.status, reply.header("etag")), (200, Some("\"2\"")), "{}", reply.body);
        assert_eq!(admin.get(&path).await.json(), reply.json());
        assert_eq!(admin.patch(&path, change).await.json(), reply.json(), "nothing new is no new version");
        let event = desk.rows("select changes::text from events where verb = 'updated'").await;
        assert!(event[0].contains(r#""active": [true, false]"#) && event[0].contains(r#""url": []"#) && !event[0].contains("example"), "{event:?}");
        assert_eq!(admin.patch_with(&path, &[("if-match", "\"1\"")], json!({"active": true})).await.status, 412);
        for (pointer, change) in [
            ("/url", json!({"url": null})),
            ("/events/0", json!({"events": ["x"]})),
            ("/events/1", json!({"events": ["*", "user.exploded"]})),
            ("/active", json!({"active": 1})),
        ] {
            let reply = admin.patch(&path, change).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)));
        }
        assert_eq!(admin.patch(&path, json!({"secret": "x"})).await.status, 400);
        assert_eq!(admin.send(Method::GET, &path, &[("if-none-match", "\"2\"")], None).await.status, 304);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_one_is_gone_with_its_secret() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let path = made(&admin).await;
        assert_eq!(admin.send(Method::DELETE, &path, &[], None).await.status, 204);
        for gone in [admin.get(&path).await, admin.patch(&path, json!({"active": true})).await, admin.send(Method::DELETE, &path, &[], None).await] {
            assert_eq!(gone.status, 404);
        }
        for below in ["ping", "rotate"] {
            assert_eq!(admin.post(&format!("{path}/{below}"), json!({})).await.status, 404, "{below}");
        }
        assert_eq!(admin.get(&format!("{path}/deliveries")).await.status, 404);
        assert_eq!(admin.get("/v1/webhooks").await.json()["items"], json!([]));
        assert_eq!(desk.rows("select secret || coalesce(old_secret, '') from webhooks").await, [""]);
    })
    .await;
}
