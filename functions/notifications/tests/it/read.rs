//! `PATCH /v1/notifications/{id}` and `PATCH /v1/notifications`
use serde_json::json;
use testkit::desk;

use crate::told;

#[tokio::test]
async fn one_is_read_and_unread_again() {
    desk(async |desk| {
        let person = told(desk, 1).await;
        let item = person.get("/v1/notifications").await.json()["items"][0].clone();
        assert_eq!((&item["kind"], &item["relation"], &item["short_description"]), (&json!("raised"), &json!("caller"), &json!("number 0")));
        let path = format!("/v1/notifications/{}", item["id"].as_str().unwrap());
        let read = person.patch(&path, json!({"read": true})).await;
        assert_eq!(read.status, 200, "{}", read.body);
        let again = person.patch(&path, json!({"read": true})).await;
        assert_eq!((read.json()["read_at"].is_string(), &read.body), (true, &again.body), "it stays read when it was");
        let mut unread = person.patch(&path, json!({"read": false})).await.json();
        assert_eq!(unread["read_at"].take(), json!(null));
        assert_eq!(unread, item);
        // It is nobody else's, administrators included.
        assert_eq!(desk.person("admin").await.patch(&path, json!({"read": true})).await.status, 404);
        for missing in ["x", "01890000-0000-7000-8000-000000000000"] {
            assert_eq!(person.patch(&format!("/v1/notifications/{missing}"), json!({"read": true})).await.status, 404);
        }
        for (body, status) in [(json!({}), 422), (json!({"read": null}), 422), (json!({"unread": true}), 400)] {
            assert_eq!(person.patch(&path, body.clone()).await.status, status, "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn all_are_read_up_to_the_newest_that_was_shown() {
    desk(async |desk| {
        let person = told(desk, 3).await;
        let items = person.get("/v1/notifications").await.json()["items"].clone();
        let read = person.patch("/v1/notifications", json!({"read_to": items[1]["id"]})).await;
        assert_eq!((read.status, read.json()), (200, json!({"marked": 2})));
        let left = person.get("/v1/notifications?unread=true").await.json()["items"].clone();
        assert_eq!(left, json!([items[0]]));
        assert_eq!(person.patch("/v1/notifications", json!({"read_to": items[1]["id"]})).await.json(), json!({"marked": 0}));
        assert_eq!(person.patch("/v1/notifications", json!({"read_to": "now"})).await.status, 422);
        let stranger = desk.person("agent").await;
        assert_eq!(stranger.patch("/v1/notifications", json!({"read_to": items[0]["id"]})).await.json(), json!({"marked": 0}));
    })
    .await;
}

#[tokio::test]
async fn what_was_read_three_months_ago_is_swept_and_what_was_not_stays() {
    desk(async |desk| {
        let person = told(desk, 2).await;
        let newest = person.get("/v1/notifications").await.json()["items"][0]["id"].clone();
        assert_eq!(person.patch(&format!("/v1/notifications/{}", newest.as_str().unwrap()), json!({"read": true})).await.status, 200);
        desk.execute("update notifications set created_at = now() - interval '91 days', read_at = read_at - interval '91 days'").await;
        desk.work().await;
        let left = person.get("/v1/notifications").await.json()["items"].clone();
        assert_eq!((left.as_array().unwrap().len(), left[0]["read_at"].is_null()), (1, true));
    })
    .await;
}
