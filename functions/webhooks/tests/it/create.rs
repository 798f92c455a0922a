//! `POST /v1/webhooks`, `POST /v1/webhooks/{id}/rotate`
use serde_json::json;
use testkit::desk;

use crate::made;

#[tokio::test]
async fn the_secret_is_shown_once() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let made = admin.post("/v1/webhooks", json!({"url": "https://example.com/hook?token=x", "description": "Chat"})).await;
        assert_eq!((made.status, made.header("etag"), made.header("cache-control")), (201, Some("\"1\""), Some("no-store")), "{}", made.body);
        let body = made.json();
        assert!(body["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!((&body["events"], &body["restricted"], &body["active"]), (&json!(["*"]), &json!(false), &json!(true)));
        let path = format!("/v1/webhooks/{}", body["id"].as_str().unwrap());
        let read = admin.get(&path).await;
        assert_eq!(read.status, 200);
        assert!(read.json().get("secret").is_none());
        let rotated = admin.post(&format!("{path}/rotate"), json!({})).await;
        assert_eq!(rotated.status, 200, "{}", rotated.body);
        assert_ne!(rotated.json()["secret"], body["secret"]);
        assert!(rotated.json()["old_secret_until"].is_string());
        let at_once = admin.post(&format!("{path}/rotate"), json!({"overlap_hours": 0})).await;
        assert!(at_once.json()["old_secret_until"].is_null());
        for hours in [json!(-1), json!(169), json!("1"), json!(null)] {
            assert_eq!(admin.post(&format!("{path}/rotate"), json!({"overlap_hours": hours})).await.status, 422, "{hours}");
        }
        // The history says who did it, and neither address nor secret.
        let events = desk.rows("select verb || ' ' || changes from events where subject = 'webhook' order by seq").await;
        assert_eq!(events.len(), 3);
        assert!(events.iter().all(|event| !event.contains("example.com") && !event.contains("whsec_")), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_delivered_to_is_refused() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        for (pointer, new) in [
            ("/url", json!({"url": ""})),
            ("/url", json!({"url": "example.com"})),
            ("/url", json!({"url": "ftp://example.com/"})),
            ("/url", json!({"url": "https://user:password@example.com/"})),
            ("/url", json!({"url": format!("https://example.com/{}", "x".repeat(2000))})),
            ("/url", json!({"url": 1})),
            ("/events", json!({"url": "https://example.com/", "events": []})),
            ("/events/1", json!({"url": "https://example.com/", "events": ["*", "created"]})),
            ("/events/0", json!({"url": "https://example.com/", "events": ["incident.foo"]})),
            ("/events/2", json!({"url": "https://example.com/", "events": ["team.*", "incident.work_note", "webhook.disabled"]})),
            ("/description", json!({"url": "https://example.com/", "description": "x".repeat(4001)})),
        ] {
            let reply = admin.post("/v1/webhooks", new.clone()).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{new} {}", reply.body);
        }
        let foo = admin.post("/v1/webhooks", json!({"url": "https://example.com/", "events": ["incident.foo"]})).await;
        assert!(foo.json()["errors"][0]["detail"].as_str().unwrap().starts_with("Of incident there are created, updated, "), "{}", foo.body);
        assert_eq!(admin.post("/v1/webhooks", json!({"url": "https://example.com/", "secret": "x"})).await.status, 400);
        assert_eq!(desk.rows("select count(*)::text from webhooks").await, ["0"]);
    })
    .await;
}

#[tokio::test]
async fn administrators_only() {
    desk(async |desk| {
        let path = made(&desk.person("admin").await).await;
        for role in ["requester", "agent", "manager", "auditor"] {
            let person = desk.person(role).await;
            assert_eq!(person.get(&path).await.status, 403, "{role}");
            assert_eq!(person.get(&format!("/v1/webhooks/{}", uuid::Uuid::now_v7())).await.status, 403, "{role}");
            assert_eq!(person.post("/v1/webhooks", json!({"url": "https://example.com/"})).await.status, 403, "{role}");
        }
    })
    .await;
}
