//! Nobody hears of what they may not see.
use serde_json::json;
use shared::config::MailConfig;
use testkit::desk;

use crate::{inbox, raised, say, team, told};

#[tokio::test]
async fn a_work_note_is_told_to_no_requester() {
    desk(async |desk| {
        let (agent, worker, caller) = (desk.person("agent").await, desk.person("agent").await, desk.person("requester").await);
        let path = raised(&agent, json!({"short_description": "x", "caller_id": caller.id, "assigned_to": worker.id})).await;
        assert_eq!(agent.put(&format!("{path}/watchers/{}", caller.id)).await.status, 204);
        say(&agent, &path, "work_note").await;
        desk.work().await;
        assert!(!inbox(&caller).await.iter().any(|(kind, _)| kind == "work_note" || kind == "commented"));
        assert_eq!(inbox(&worker).await.last().unwrap().0, "work_note");
        // Whoever is made a requester keeps none of them.
        desk.execute(&format!("update users set role = 'requester' where id = '{}'; update tickets set caller_id = '{}'", worker.id, worker.id))
            .await;
        assert!(!inbox(&worker).await.iter().any(|(kind, _)| kind == "work_note"));
        let count = worker.get("/v1/notifications?unread=true&count=true").await.json();
        assert_eq!(count["total"], count["items"].as_array().unwrap().len());
    })
    .await;
}

#[tokio::test]
async fn rights_are_read_when_it_is_told_and_again_when_it_is_read() {
    desk(async |desk| {
        let [agent, inside, outside] = [desk.person("agent").await, desk.person("agent").await, desk.person("agent").await];
        let hr = team(desk, "HR", true, &[&inside]).await;
        let path = raised(&inside, json!({"short_description": "canary", "assigned_to": inside.id})).await;
        for watcher in [&inside, &outside, &agent] {
            assert_eq!(inside.put(&format!("{path}/watchers/{}", watcher.id)).await.status, 204);
        }
        desk.work().await;
        assert_eq!(inbox(&outside).await, told(&[("watching", "watcher")]));
        let shown = outside.get("/v1/notifications").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        // Said while all of them watched, told when it is restricted.
        say(&inside, &path, "public").await;
        assert_eq!(inside.patch(&path, json!({"restricted_to": hr})).await.status, 200);
        desk.work().await;
        for person in [&outside, &agent] {
            assert_eq!(inbox(person).await, told(&[]));
            assert!(!person.get("/v1/notifications?count=true").await.body.contains("canary"));
            assert_eq!(person.patch(&format!("/v1/notifications/{shown}"), json!({"read": true})).await.status, 404);
        }
        assert_eq!(desk.rows("select count(*)::text from notifications where kind = 'commented'").await, ["0"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_who_is_gone_is_told_and_no_mail_is_written_where_none_is_sent() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        desk.execute(&format!("update users set active = false where id = '{}'", caller.id)).await;
        raised(&agent, json!({"short_description": "x", "caller_id": caller.id})).await;
        raised(&agent, json!({"short_description": "y", "caller_id": desk.person("requester").await.id})).await;
        let app = desk.app(MailConfig::default());
        assert_eq!(desk.drain(&app, "notify").await, 2);
        assert_eq!(desk.rows("select count(*)::text from notifications").await, ["1"]);
        assert_eq!(desk.rows("select count(*)::text from mails").await, ["0"]);
    })
    .await;
}
