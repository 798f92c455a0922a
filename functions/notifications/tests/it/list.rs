//! `GET /v1/notifications`
use testkit::desk;

use crate::told;

#[tokio::test]
async fn the_newest_first_page_by_page() {
    desk(async |desk| {
        let person = told(desk, 5).await;
        let (mut seen, mut next) = (Vec::new(), Some(String::new()));
        while let Some(cursor) = next {
            let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
            let reply = person.get(&format!("/v1/notifications?limit=2{cursor}")).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            assert_eq!(reply.header("link").is_some(), !reply.json()["next"].is_null());
            seen.extend(reply.json()["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            next = reply.json()["next"].as_str().map(str::to_owned);
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
        assert!(desk.person("agent").await.get("/v1/notifications").await.json()["items"].as_array().unwrap().is_empty());
        assert_eq!(desk.nobody().get("/v1/notifications").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn the_unread_are_counted() {
    desk(async |desk| {
        let person = told(desk, 3).await;
        let unread = person.get("/v1/notifications?unread=true&count=true&limit=2").await.json();
        assert_eq!((unread["total"].as_i64(), unread["total_is"].as_str(), unread["items"].as_array().unwrap().len()), (Some(3), Some("exact"), 2));
        let path = format!("/v1/notifications/{}", unread["items"][0]["id"].as_str().unwrap());
        assert_eq!(person.patch(&path, serde_json::json!({"read": true})).await.status, 200);
        for (query, count) in [("unread=true", 2), ("unread=false", 1), ("limit=200", 3)] {
            let page = person.get(&format!("/v1/notifications?{query}&count=true")).await.json();
            assert_eq!((page["total"].as_i64(), page["items"].as_array().unwrap().len()), (Some(count), usize::try_from(count).unwrap()), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_filter_is_a_bad_request() {
    desk(async |desk| {
        let person = desk.person("agent").await;
        for query in ["unread=yes", "unread=", "limit=0", "limit=201", "cursor=x", "sort=id", "kind=raised", "count=1"] {
            assert_eq!(person.get(&format!("/v1/notifications?{query}")).await.status, 400, "{query}");
        }
    })
    .await;
}
