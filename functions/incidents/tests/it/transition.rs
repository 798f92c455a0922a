//! `POST /v1/incidents/{id}/transitions`
use serde_json::{Value, json};
use testkit::{Person, Reply, desk};

use crate::{path, raised};

async fn go(person: &Person<'_>, incident: &Value, body: Value) -> Reply {
    person.post(&format!("{}/transitions", path(incident)), body).await
}

#[tokio::test]
async fn a_whole_life_with_a_reopening() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let team = desk.team("Network", false).await;
        let incident = raised(&agent, "x").await;
        let steps = [
            json!({"to": "in_progress", "assignment_group": team}),
            json!({"to": "on_hold", "hold_reason": "caller", "comment": "Which floor?"}),
            json!({"to": "in_progress"}),
            json!({"to": "resolved", "close_code": "solved", "close_notes": "Restarted."}),
            json!({"to": "in_progress"}),
            json!({"to": "resolved", "close_code": "solved", "close_notes": "Replaced."}),
            json!({"to": "closed"}),
        ];
        for step in &steps {
            let reply = go(&agent, &incident, step.clone()).await;
            assert_eq!(reply.status, 200, "{step} {}", reply.body);
            let after = reply.json();
            assert_eq!(after["state"], step["to"]);
            assert_eq!(after["hold_reason"].is_null(), step["to"] != "on_hold");
            assert_eq!(after["resolved_at"].is_null(), !matches!(step["to"].as_str(), Some("resolved" | "closed")));
        }
        let last = agent.get(&path(&incident)).await.json();
        assert_eq!((&last["reopen_count"], &last["reassignment_count"], &last["version"]), (&json!(1), &json!(1), &json!(8)));
        assert!(!last["closed_at"].is_null());
        assert_eq!(desk.rows("select body from comments").await, ["Which floor?"]);
        assert_eq!(desk.rows("select queue || ' ' || state from jobs where queue <> 'notify'").await, ["sweep queued", "sweep queued"]);
    })
    .await;
}

#[tokio::test]
async fn a_step_that_is_not_in_the_table_is_a_conflict() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        for to in ["new", "closed"] {
            let reply = go(&agent, &incident, json!({"to": to})).await;
            assert_eq!((reply.status, reply.problem().as_str()), (409, "conflict"), "{to}");
        }
        go(&agent, &incident, json!({"to": "canceled"})).await;
        assert_eq!(go(&agent, &incident, json!({"to": "in_progress", "assigned_to": agent.id})).await.status, 409);
        assert_eq!(go(&agent, &incident, json!({"to": "nonsense"})).await.status, 422);
        assert_eq!(go(&agent, &incident, json!({"to": "closed", "colour": "red"})).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn a_missing_field_is_named() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        for (pointer, body) in [
            ("/assignment_group", json!({"to": "in_progress"})),
            ("/hold_reason", json!({"to": "on_hold"})),
            ("/comment", json!({"to": "on_hold", "hold_reason": "caller"})),
            ("/close_code", json!({"to": "resolved", "close_notes": "x"})),
            ("/close_notes", json!({"to": "resolved", "close_code": "x", "close_notes": " "})),
            ("/close_code", json!({"to": "resolved", "close_code": "x".repeat(81), "close_notes": "x"})),
            ("/assigned_to", json!({"to": "in_progress", "assigned_to": "00000000-0000-7000-8000-000000000000"})),
        ] {
            let reply = go(&agent, &incident, body.clone()).await;
            assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid"), "{body} {}", reply.body);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
        }
        assert_eq!(agent.get(&path(&incident)).await.json()["version"], 1);
    })
    .await;
}

#[tokio::test]
async fn who_may_take_which_step() {
    desk(async |desk| {
        let (agent, caller, other) = (desk.person("agent").await, desk.person("requester").await, desk.person("requester").await);
        let auditor = desk.person("auditor").await;
        let incident = raised(&caller, "x").await;
        let work = json!({"to": "in_progress", "assigned_to": agent.id});
        assert_eq!(go(&caller, &incident, work.clone()).await.status, 403);
        assert_eq!(go(&auditor, &incident, work.clone()).await.status, 403);
        assert_eq!(go(&other, &incident, json!({"to": "canceled"})).await.status, 404);
        assert_eq!(go(&agent, &incident, work).await.status, 200);
        go(&agent, &incident, json!({"to": "resolved", "close_code": "solved", "close_notes": "x"})).await;
        assert_eq!(go(&caller, &incident, json!({"to": "in_progress", "assigned_to": caller.id})).await.status, 403);
        assert_eq!(go(&caller, &incident, json!({"to": "in_progress"})).await.json()["reopen_count"], 1);
        go(&agent, &incident, json!({"to": "resolved", "close_code": "solved", "close_notes": "x"})).await;
        assert_eq!(go(&caller, &incident, json!({"to": "closed"})).await.json()["state"], "closed");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_key_is_one_step_and_a_stale_version_none() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        let transitions = format!("{}/transitions", path(&incident));
        let (key, body) = ([("idempotency-key", "k")], json!({"to": "resolved", "close_code": "solved", "close_notes": "x"}));
        let first = agent.post_with(&transitions, &key, body.clone()).await;
        let again = agent.post_with(&transitions, &key, body.clone()).await;
        assert_eq!((first.status, first.body), (again.status, again.body));
        assert_eq!(agent.post_with(&transitions, &key, json!({"to": "closed"})).await.status, 422);
        assert_eq!(agent.post_with(&transitions, &[("if-match", "\"1\"")], json!({"to": "closed"})).await.status, 412);
        assert_eq!(agent.post_with(&transitions, &[("if-match", "\"2\"")], json!({"to": "closed"})).await.status, 200);
        assert_eq!(desk.rows("select string_agg(verb, ' ' order by seq) from events").await, ["created resolved closed"]);
    })
    .await;
}

#[tokio::test]
async fn a_caller_reopens_what_was_nobodys_and_it_goes_back_to_who_resolved_it() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let resolve = json!({"to": "resolved", "close_code": "solved", "close_notes": "x"});
        for (undo, assignee) in [
            ("select 1", json!(agent.id)),
            ("update users set role = 'auditor' where id = '{agent}'", json!(null)),
            ("update users set role = 'agent', active = false where id = '{agent}'", json!(null)),
        ] {
            let incident = raised(&caller, "x").await;
            let by = if assignee.is_null() { desk.person("agent").await } else { agent.clone() };
            assert_eq!(go(&by, &incident, resolve.clone()).await.status, 200);
            desk.execute(&undo.replace("{agent}", &by.id.to_string())).await;
            let reply = caller.get(&format!("{}/transitions", path(&incident))).await.json();
            assert_eq!(reply["items"][1], json!({"to": "in_progress", "requires": []}));
            let reply = go(&caller, &incident, json!({"to": "in_progress"})).await;
            assert_eq!((reply.status, &reply.json()["assigned_to"]), (200, &assignee), "{}", reply.body);
        }
    })
    .await;
}
