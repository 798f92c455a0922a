//! `GET`, `POST /v1/incidents/{id}/comments`
use serde_json::{Value, json};
use testkit::{Person, Reply, desk};

use crate::{each, path, raised};

async fn say(person: &Person<'_>, incident: &Value, body: Value) -> Reply {
    person.post(&format!("{}/comments", path(incident)), body).await
}

#[tokio::test]
async fn oldest_first_page_by_page_and_no_work_note_for_requesters() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let incident = raised(&requester, "x").await;
        for (body, visibility) in [("a", "public"), ("b", "work_note"), ("c", "public"), ("d", "work_note"), ("e", "public")] {
            let reply = say(&agent, &incident, json!({"body": body, "visibility": visibility})).await;
            assert_eq!(reply.status, 201, "{}", reply.body);
            let comment = reply.json();
            assert_eq!((&comment["ticket_id"], &comment["author"], &comment["body"]), (&incident["id"], &json!("A agent"), &json!(body)));
        }
        for (person, all) in [(&agent, "abcde"), (&requester, "ace")] {
            let (mut said, mut url) = (String::new(), format!("{}/comments?limit=2", path(&incident)));
            loop {
                let page = person.get(&url).await.json();
                said += &each(&page, "body").concat();
                let Some(next) = page["next"].as_str() else { break };
                assert_eq!(page["items"].as_array().unwrap().len(), 2);
                url = format!("{}/comments?limit=2&cursor={next}", path(&incident));
            }
            assert_eq!(said, all);
        }
        assert_eq!(agent.get(&path(&incident)).await.json()["version"], 1);
        assert!(!requester.get("/v1/events").await.body.contains("work_note"));
        assert_eq!(agent.get(&format!("{}/comments?colour=red", path(&incident))).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn a_callers_answer_takes_it_back_from_hold_and_nobody_elses_does() {
    desk(async |desk| {
        let (agent, caller, watcher) = (desk.person("agent").await, desk.person("requester").await, desk.person("requester").await);
        let incident = raised(&caller, "x").await;
        agent.put(&format!("{}/watchers/{}", path(&incident), watcher.id)).await;
        let hold = async |reason: &str| {
            let step = json!({"to": "on_hold", "hold_reason": reason, "comment": "Which floor?"});
            agent.post(&format!("{}/transitions", path(&incident)), step).await
        };
        hold("caller").await;
        for (person, visibility) in [(&agent, "public"), (&watcher, "public"), (&agent, "work_note")] {
            assert_eq!(say(person, &incident, json!({"body": "Hm.", "visibility": visibility})).await.status, 201);
        }
        assert_eq!(agent.get(&path(&incident)).await.json()["version"], 2);
        assert_eq!(say(&caller, &incident, json!({"body": "The third."})).await.status, 201);
        let after = agent.get(&path(&incident)).await.json();
        assert_eq!((&after["state"], &after["hold_reason"], &after["version"]), (&json!("in_progress"), &json!(null), &json!(3)));
        let events = "select verb || coalesce(' ' || version, '') from events where actor_id = '{}' order by seq desc limit 2";
        assert_eq!(desk.rows(&events.replace("{}", &caller.id.to_string())).await, ["in_progress 3", "commented"]);
        hold("vendor").await;
        assert_eq!(say(&caller, &incident, json!({"body": "And?"})).await.status, 201);
        assert_eq!(agent.get(&path(&incident)).await.json()["state"], "on_hold");
    })
    .await;
}

#[tokio::test]
async fn who_may_say_what() {
    desk(async |desk| {
        let (agent, caller, watcher) = (desk.person("agent").await, desk.person("requester").await, desk.person("requester").await);
        let (stranger, auditor) = (desk.person("requester").await, desk.person("auditor").await);
        let incident = raised(&caller, "x").await;
        agent.put(&format!("{}/watchers/{}", path(&incident), watcher.id)).await;
        for (person, public, note) in [(&agent, 201, 201), (&caller, 201, 403), (&watcher, 201, 403), (&stranger, 404, 404), (&auditor, 403, 403)] {
            assert_eq!(say(person, &incident, json!({"body": "x"})).await.status, public);
            assert_eq!(say(person, &incident, json!({"body": "x", "visibility": "work_note"})).await.status, note);
        }
        assert_eq!(desk.nobody().get(&format!("{}/comments", path(&incident))).await.status, 401);
        agent.post(&format!("{}/transitions", path(&incident)), json!({"to": "canceled"})).await;
        let late = say(&caller, &incident, json!({"body": "But..."})).await;
        assert_eq!((late.status, late.problem().as_str()), (409, "conflict"));
        assert!(late.body.contains("raise a new one"));
        assert_eq!(say(&auditor, &incident, json!({"body": "x"})).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_bad_comment_and_a_repeated_one() {
    desk(async |desk| {
        let (agent, other) = (desk.person("agent").await, desk.person("agent").await);
        let incident = raised(&agent, "x").await;
        for body in [json!({"body": ""}), json!({"body": "  "}), json!({"body": "x".repeat(65_537)}), json!({"body": 7})] {
            let reply = say(&agent, &incident, body).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/body")), "{}", reply.body);
        }
        assert_eq!(say(&agent, &incident, json!({"body": "x", "visibility": "secret"})).await.status, 422);
        assert_eq!(say(&agent, &incident, json!({"body": "x", "author_id": other.id})).await.status, 400);
        assert_eq!(say(&agent, &incident, json!({"body": "a\u{0}b"})).await.status, 422);
        let (url, key) = (format!("{}/comments", path(&incident)), [("idempotency-key", "k")]);
        let first = agent.post_with(&url, &key, json!({"body": "once"})).await;
        // A repeat by number, and after the end: what was done is done.
        let by_number = format!("/v1/incidents/{}/comments", incident["number"].as_str().unwrap());
        agent.post(&format!("{}/transitions", path(&incident)), json!({"to": "canceled"})).await;
        for url in [&url, &by_number] {
            let again = agent.post_with(url, &key, json!({"body": "once"})).await;
            assert_eq!((first.status, &first.body), (again.status, &again.body));
        }
        assert_eq!(agent.post_with(&url, &key, json!({"body": "twice"})).await.status, 422);
        assert_eq!(desk.rows("select body from comments").await, ["once"]);
        assert_eq!(desk.rows("select count(*)::text from events where verb = 'commented'").await, ["1"]);
    })
    .await;
}
