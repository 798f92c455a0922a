//! `GET /v1/jobs`
use serde_json::{Value, json};
use testkit::{Person, desk};

use crate::{enqueued, tidy};

/// All pages of a list, two at a time, by key.
async fn all(person: &Person<'_>, query: &str) -> Vec<Value> {
    let (mut keys, mut next) = (Vec::new(), Some(String::new()));
    while let Some(cursor) = next {
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        let reply = person.get(&format!("/v1/jobs?limit=2{query}{cursor}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let page = reply.json();
        assert_eq!(reply.header("link").is_some(), !page["next"].is_null());
        keys.extend(page["items"].as_array().unwrap().iter().map(|job| job["key"].clone()));
        next = page["next"].as_str().map(str::to_owned);
    }
    keys
}

#[tokio::test]
async fn the_newest_first_by_state_and_queue_page_by_page() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        // By hand: nothing else may be enqueued, as the answers show the jobs' ids.
        let id = enqueued(desk, "a", 0).await;
        desk.execute(&format!(
            "update jobs set state = 'dead', attempt = max_attempts, last_error = 'it names nobody', finished_at = now() where id = {id}"
        ))
        .await;
        for key in ["b", "c", "d"] {
            enqueued(desk, key, 1).await;
        }
        desk.execute("select enqueue('sweep', 'e', '{}', now() + interval '1 hour')").await;
        assert_eq!(all(&admin, "").await, ["e", "d", "c", "b", "a"]);
        assert_eq!(all(&admin, "&queue=children").await, ["d", "c", "b", "a"]);
        assert_eq!(all(&admin, "&state=dead").await, ["a"]);
        assert_eq!(all(&admin, "&state=queued&queue=sweep").await, ["e"]);
        assert_eq!(all(&admin, "&queue=no+such").await, Vec::<Value>::new());
        for wrong in ["state=lost", "state=", "queue=a&queue=b", "sort=id", "limit=0", "cursor=x"] {
            assert_eq!(admin.get(&format!("/v1/jobs?{wrong}")).await.status, 400, "{wrong}");
        }
        tidy(desk).await;
    })
    .await;
}

#[tokio::test]
async fn auditors_read_without_what_a_job_names_and_others_do_not() {
    desk(async |desk| {
        let id = enqueued(desk, "secret", 1).await;
        let auditor = desk.person("auditor").await;
        for path in ["/v1/jobs".to_owned(), format!("/v1/jobs/{id}")] {
            let reply = auditor.get(&path).await;
            assert_eq!((reply.status, reply.body.contains("secret"), reply.body.contains("children")), (200, false, true), "{}", reply.body);
            for role in ["requester", "agent", "manager"] {
                assert_eq!(desk.person(role).await.get(&path).await.status, 403, "{role} {path}");
            }
            assert_eq!(desk.nobody().get(&path).await.status, 401);
        }
        let first = desk.person("admin").await.get("/v1/jobs").await.json()["items"][0].clone();
        assert_eq!((&first["key"], &first["payload"]), (&json!("secret"), &json!({"x": 1})));
        tidy(desk).await;
    })
    .await;
}
