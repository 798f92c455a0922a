//! Who hears of what.
use serde_json::json;
use shared::config::MailConfig;
use testkit::desk;

use crate::{inbox, raised, say, step, team, told};

#[tokio::test]
async fn an_incident_from_its_beginning_to_its_end() {
    desk(async |desk| {
        let [agent, worker, colleague] = [desk.person("agent").await, desk.person("agent").await, desk.person("agent").await];
        let [caller, watcher] = [desk.person("requester").await, desk.person("requester").await];
        let group = team(desk, "Network", false, &[&worker, &colleague, &agent]).await;
        let path = raised(&agent, json!({"short_description": "VPN drops", "caller_id": caller.id, "assignment_group": group})).await;
        assert_eq!(agent.put(&format!("{path}/watchers/{}", watcher.id)).await.status, 204);
        desk.work().await;
        // Who did it hears nothing; the team hears that it was given the incident, and of that alone.
        assert_eq!(inbox(&agent).await, told(&[]));
        assert_eq!(inbox(&caller).await, told(&[("raised", "caller")]));
        assert_eq!(inbox(&watcher).await, told(&[("watching", "watcher")]));
        for member in [&worker, &colleague] {
            assert_eq!(inbox(member).await, told(&[("assigned", "group")]));
        }
        step(&worker, &path, json!({"to": "in_progress", "assigned_to": worker.id})).await;
        say(&caller, &path, "public").await;
        say(&agent, &path, "work_note").await;
        step(&worker, &path, json!({"to": "resolved", "close_code": "solved", "close_notes": "Renewed."})).await;
        desk.work().await;
        assert_eq!(inbox(&caller).await, told(&[("raised", "caller"), ("in_progress", "caller"), ("resolved", "caller")]));
        assert_eq!(inbox(&watcher).await, told(&[("watching", "watcher"), ("commented", "watcher"), ("resolved", "watcher")]));
        assert_eq!(inbox(&worker).await, told(&[("assigned", "group"), ("commented", "assignee"), ("work_note", "assignee")]));
        // Somebody works on it: the rest of the team hears no more.
        assert_eq!(inbox(&colleague).await, told(&[("assigned", "group")]));
        step(&caller, &path, json!({"to": "in_progress"})).await;
        desk.work().await;
        assert_eq!(inbox(&worker).await.last().unwrap(), &("reopened".to_owned(), "assignee".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn what_the_platform_does_is_told_to_everybody() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let path = raised(&agent, json!({"short_description": "x", "caller_id": caller.id, "assigned_to": agent.id})).await;
        step(&agent, &path, json!({"to": "resolved", "close_code": "solved", "close_notes": "Done."})).await;
        desk.execute("update tickets set resolved_at = now() - interval '8 days'").await;
        desk.work().await;
        assert_eq!(inbox(&caller).await, told(&[("raised", "caller"), ("resolved", "caller"), ("closed", "caller")]));
        let last = caller.get("/v1/notifications?limit=1").await.json()["items"][0].clone();
        assert_eq!((&last["actor_id"], &last["actor"], &last["state"]), (&json!(null), &json!(null), &json!("closed")));
    })
    .await;
}

#[tokio::test]
async fn what_somebody_does_not_want_to_hear_of_is_not_told() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let no = json!({"raised": {"in_app": false}, "in_progress": {"in_app": true}});
        assert_eq!(caller.patch("/v1/notifications/preferences", no).await.status, 200);
        let path = raised(&agent, json!({"short_description": "x", "caller_id": caller.id})).await;
        step(&agent, &path, json!({"to": "in_progress", "assigned_to": agent.id})).await;
        desk.work().await;
        assert_eq!(inbox(&caller).await, told(&[("in_progress", "caller")]));
    })
    .await;
}

#[tokio::test]
async fn somebody_who_was_given_it_and_has_it_no_more_is_not_told() {
    desk(async |desk| {
        let [agent, first, second] = [desk.person("agent").await, desk.person("agent").await, desk.person("agent").await];
        let path = raised(&agent, json!({"short_description": "x", "assigned_to": first.id})).await;
        assert_eq!(agent.patch(&path, json!({"assigned_to": second.id})).await.status, 200);
        desk.work().await;
        assert_eq!(inbox(&first).await, told(&[]));
        assert_eq!(inbox(&second).await, told(&[("assigned", "assignee")]));
    })
    .await;
}

#[tokio::test]
async fn a_priority_that_changes_is_told_and_a_description_is_not() {
    desk(async |desk| {
        let (agent, worker) = (desk.person("agent").await, desk.person("agent").await);
        let path = raised(&agent, json!({"short_description": "x", "assigned_to": worker.id})).await;
        assert_eq!(agent.patch(&path, json!({"description": "y"})).await.status, 200);
        assert_eq!(agent.patch(&path, json!({"impact": 1, "urgency": 1})).await.status, 200);
        desk.work().await;
        assert_eq!(inbox(&worker).await, told(&[("assigned", "assignee"), ("prioritized", "assignee")]));
    })
    .await;
}

#[tokio::test]
async fn whom_a_rule_names_reads_what_it_says_requesters_too() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let [caller, watcher] = [desk.person("requester").await, desk.person("requester").await];
        let text = format!("We know of it. {}", "x".repeat(600));
        let actions = json!([{"do": "notify", "users": ["caller", agent.id], "text": text}]);
        let rule = admin.post("/v1/rules", json!({"name": "tells", "events": ["created"], "actions": actions})).await;
        assert_eq!(rule.status, 201, "{}", rule.body);
        let path = raised(&agent, json!({"short_description": "x", "caller_id": caller.id})).await;
        assert_eq!(agent.put(&format!("{path}/watchers/{}", watcher.id)).await.status, 204);
        let app = desk.app(MailConfig { smtp_url: "smtp://127.0.0.1:1".into(), from: "desk@example.com".into(), ..MailConfig::default() });
        for queue in ["notify", "automation", "notify"] {
            desk.drain(&app, queue).await;
        }
        assert_eq!(inbox(&caller).await, told(&[("raised", "caller"), ("told", "named")]));
        assert_eq!(inbox(&agent).await, told(&[("told", "named")]));
        assert_eq!(inbox(&watcher).await, told(&[("watching", "watcher")]));
        for person in [&caller, &agent] {
            let item = person.get("/v1/notifications?limit=1").await.json()["items"][0].clone();
            assert_eq!((&item["actor"], item["comment"].as_str()), (&json!("rule:tells"), Some(&text[..500])));
            let read = person.patch(&format!("/v1/notifications/{}", item["id"].as_str().unwrap()), json!({"read": true})).await;
            assert_eq!((read.status, &read.json()["comment"]), (200, &item["comment"]), "{}", read.body);
        }
        // The history keeps it among those who work, and an answer to the mail stays where its reader was told.
        for (person, shown) in [(&caller, false), (&agent, true)] {
            assert_eq!(person.get(&format!("{path}/history")).await.body.contains("We know of it."), shown);
        }
        let mails = "select u.role || ' ' || m.visibility || ' ' || (m.message_id like '%.named@example.com')
                     from mails m join users u on u.id = m.user_id where m.kind = 'told' order by u.role";
        assert_eq!(desk.rows(mails).await, ["agent work_note false", "requester public true"]);
        desk.execute("delete from jobs").await;
    })
    .await;
}
