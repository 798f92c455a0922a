//! `PATCH /v1/incidents/{id}`
use serde_json::json;
use testkit::desk;

use crate::{path, raised};

#[tokio::test]
async fn fields_change_with_their_event_and_the_priority_follows() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let team = desk.team("Network", false).await;
        let incident = raised(&agent, "x").await;
        let reply = agent.patch(&path(&incident), json!({"impact": 1, "urgency": 2, "assignment_group": team, "custom": {"floor": 3}})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let after = reply.json();
        assert_eq!((&after["priority"], &after["version"], &after["custom"]), (&json!(2), &json!(2), &json!({"floor": 3})));
        assert_eq!(after["reassignment_count"], 1);
        assert_eq!(reply.header("etag"), Some("\"2\""));
        let changes = desk.rows("select changes::text from events where verb = 'updated'").await;
        let changes: serde_json::Value = serde_json::from_str(&changes[0]).unwrap();
        assert_eq!(changes["priority"], json!([5, 2]));
        assert_eq!(changes["assignment_group"], json!([null, team]));
        assert!(changes.get("version").is_none() && changes.get("updated_at").is_none());
        let cleared = agent.patch(&path(&incident), json!({"assignment_group": null, "custom": {"floor": null}})).await.json();
        assert_eq!((&cleared["assignment_group"], &cleared["custom"], &cleared["reassignment_count"]), (&json!(null), &json!({}), &json!(2)));
    })
    .await;
}

#[tokio::test]
async fn nothing_new_is_no_new_version() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        for patch in [json!({}), json!({"short_description": "x"}), json!({"category": null, "impact": 3})] {
            let reply = agent.patch(&path(&incident), patch).await;
            assert_eq!((reply.status, reply.json()), (200, incident.clone()));
        }
        assert_eq!(desk.rows("select count(*)::text from events").await, ["1"]);
    })
    .await;
}

#[tokio::test]
async fn a_stale_if_match_is_412_and_a_current_one_writes() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        let patch = async |tag, title| agent.patch_with(&path(&incident), &[("if-match", tag)], json!({"short_description": title})).await;
        assert_eq!(patch("\"1\"", "y").await.status, 200);
        let stale = patch("\"1\"", "z").await;
        assert_eq!((stale.status, stale.problem().as_str()), (412, "precondition-failed"));
        assert_eq!(patch("\"nonsense\"", "z").await.status, 412);
        assert_eq!(patch("*", "z").await.status, 200);
        assert_eq!(agent.get(&path(&incident)).await.json()["short_description"], "z");
    })
    .await;
}

#[tokio::test]
async fn what_follows_from_rules_is_not_patched() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        for field in ["state", "priority", "number", "version", "reopen_count", "opened_at", "id", "colour"] {
            let reply = agent.patch(&path(&incident), json!({field: 1})).await;
            assert_eq!((reply.status, reply.problem().as_str()), (400, "bad-request"), "{field}");
        }
        for (pointer, patch) in [
            ("/impact", json!({"impact": 9})),
            ("/impact", json!({"impact": 1.5})),
            ("/impact", json!({"impact": null})),
            ("/short_description", json!({"short_description": null})),
            ("/short_description", json!({"short_description": ""})),
            ("/short_description", json!({"short_description": "  "})),
            ("/short_description", json!({"short_description": "two\nlines"})),
            ("/category", json!({"category": "Nonsense"})),
            ("/major", json!({"major": 1})),
            ("/custom", json!({"custom": []})),
            ("/caller_id", json!({"caller_id": "me"})),
            ("/hold_reason", json!({"hold_reason": "caller"})),
        ] {
            let reply = agent.patch(&path(&incident), patch.clone()).await;
            assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid"), "{patch} {}", reply.body);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer);
        }
        assert_eq!(agent.get(&path(&incident)).await.json(), incident);
    })
    .await;
}

#[tokio::test]
async fn who_may_change_what() {
    desk(async |desk| {
        let (agent, requester, other) = (desk.person("agent").await, desk.person("requester").await, desk.person("requester").await);
        let auditor = desk.person("auditor").await;
        let incident = raised(&requester, "x").await;
        assert_eq!(requester.patch(&path(&incident), json!({"description": "more"})).await.status, 200);
        assert_eq!(requester.patch(&path(&incident), json!({"impact": 1})).await.status, 403);
        assert_eq!(other.patch(&path(&incident), json!({"description": "no"})).await.status, 404);
        assert_eq!(auditor.patch(&path(&incident), json!({"description": "no"})).await.status, 403);
        agent.post(&format!("{}/transitions", path(&incident)), json!({"to": "in_progress", "assigned_to": agent.id})).await;
        assert_eq!(requester.patch(&path(&incident), json!({"description": "late"})).await.status, 403);
        agent.post(&format!("{}/transitions", path(&incident)), json!({"to": "canceled"})).await;
        let closed = agent.patch(&path(&incident), json!({"description": "later"})).await;
        assert_eq!((closed.status, closed.problem().as_str()), (409, "conflict"));
    })
    .await;
}

#[tokio::test]
async fn whoever_waits_for_the_caller_asks_them() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        agent.post(&format!("{}/transitions", path(&incident)), json!({"to": "on_hold", "hold_reason": "vendor"})).await;
        assert_eq!(agent.patch(&path(&incident), json!({"hold_reason": "change"})).await.status, 200);
        let reply = agent.patch(&path(&incident), json!({"hold_reason": "caller"})).await;
        assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/hold_reason")));
        assert!(reply.body.contains("/transitions"));
    })
    .await;
}

#[tokio::test]
async fn it_is_given_to_who_can_work_on_it() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let incident = raised(&agent, "x").await;
        let reply = agent.patch(&path(&incident), json!({"assigned_to": requester.id})).await;
        assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/assigned_to")));
        let step = json!({"to": "in_progress", "assigned_to": requester.id});
        assert_eq!(agent.post(&format!("{}/transitions", path(&incident)), step).await.status, 422);
        assert_eq!(agent.patch(&path(&incident), json!({"assigned_to": agent.id})).await.status, 200);
        // Who was deactivated later stays named, and other fields change on.
        desk.execute(&format!("update users set active = false where id = '{}'", agent.id)).await;
        let other = desk.person("agent").await;
        assert_eq!(other.patch(&path(&incident), json!({"location": "here"})).await.json()["assigned_to"], json!(agent.id));
    })
    .await;
}

#[tokio::test]
async fn a_team_that_is_no_more_is_given_nothing() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (team, other) = (desk.team("Network", false).await, desk.team("Servers", false).await);
        let incident = raised(&agent, "x").await;
        assert_eq!(agent.patch(&path(&incident), json!({"assignment_group": team})).await.status, 200);
        desk.execute("update teams set active = false").await;
        // It stays with what it has.
        assert_eq!(agent.patch(&path(&incident), json!({"location": "here"})).await.status, 200);
        let refused = [
            agent.patch(&path(&incident), json!({"assignment_group": other})).await,
            agent.post("/v1/incidents", json!({"short_description": "x", "assignment_group": other})).await,
            agent.post(&format!("{}/transitions", path(&incident)), json!({"to": "in_progress", "assignment_group": other})).await,
        ];
        for reply in refused {
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/assignment_group")));
        }
    })
    .await;
}
