//! Rules that react to events.
use serde_json::json;
use testkit::desk;

use crate::{raise, rule, runs};

#[tokio::test]
async fn a_rule_acts_once_on_each_event_that_it_reacts_to_under_its_own_name() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let mails = rule(&admin, "Mail first", json!({
            "events": ["created"],
            "conditions": [{"any": [{"field": "short_description", "op": "contains", "value": "mail"}, {"field": "custom.vip", "op": "eq", "value": true}]}],
            "actions": [{"do": "set", "fields": {"impact": 1, "urgency": 1, "custom.sorted": "yes"}}],
        }))
        .await;
        let (mail, vip, other) = (
            raise(&agent, json!({"short_description": "MAIL is down"})).await,
            raise(&agent, json!({"short_description": "x", "custom": {"vip": true}})).await,
            raise(&agent, json!({"short_description": "x"})).await,
        );
        desk.work().await;
        for path in [&mail, &vip] {
            let ticket = agent.get(path).await.json();
            assert_eq!((&ticket["priority"], &ticket["version"], &ticket["custom"]["sorted"]), (&json!(1), &json!(2), &json!("yes")));
        }
        assert_eq!(agent.get(&vip).await.json()["custom"]["vip"], true);
        assert_eq!(agent.get(&other).await.json()["version"], 1);
        assert_eq!(runs(&admin, &mails).await, ["done", "done"]);
        let history = agent.get(&format!("{mail}/history")).await;
        assert!(history.body.contains("rule:Mail first"), "{}", history.body);
        // The same event again, by whatever chance: the mark is there.
        desk.execute("insert into jobs (queue, key, payload, run_at) select queue, key || ' again', payload, now() from jobs where queue = 'automation' and payload ? 'event'").await;
        desk.work().await;
        assert_eq!((agent.get(&mail).await.json()["version"].as_i64(), runs(&admin, &mails).await.len()), (Some(2), 2));
        admin.patch(&mails, json!({"active": false})).await;
        let after = raise(&agent, json!({"short_description": "mail"})).await;
        desk.work().await;
        assert_eq!(agent.get(&after).await.json()["version"], 1);
    })
    .await;
}

#[tokio::test]
async fn rules_follow_in_their_order_and_see_what_the_one_before_did() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let set = |fields: serde_json::Value| json!([{"do": "set", "fields": fields}]);
        rule(&admin, "second", json!({"position": 20, "events": ["created"], "conditions": [{"field": "impact", "op": "eq", "value": 2}], "actions": set(json!({"location": "second"}))})).await;
        rule(&admin, "first", json!({"position": 10, "events": ["created"], "actions": set(json!({"impact": 2}))})).await;
        rule(&admin, "third", json!({"position": 30, "events": ["created"], "conditions": [{"field": "location", "op": "eq", "value": "second"}], "actions": set(json!({"custom.third": 3}))})).await;
        let path = raise(&agent, json!({"short_description": "x"})).await;
        desk.work().await;
        let ticket = agent.get(&path).await.json();
        assert_eq!((&ticket["impact"], &ticket["location"], &ticket["custom"], &ticket["version"]), (&json!(2), &json!("second"), &json!({"third": 3}), &json!(4)));
    })
    .await;
}

#[tokio::test]
async fn changed_is_what_the_event_changed_and_imported_history_is_silent() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let watch = rule(&admin, "watch", json!({
            "events": ["updated"], "conditions": [{"field": "location", "op": "changed"}],
            "actions": [{"do": "comment", "body": "Moved.", "visibility": "work_note"}],
        }))
        .await;
        let path = raise(&agent, json!({"short_description": "x"})).await;
        agent.patch(&path, json!({"location": "A"})).await;
        agent.patch(&path, json!({"impact": 2})).await;
        desk.work().await;
        assert_eq!(runs(&admin, &watch).await, ["done"]);
        let comments = agent.get(&format!("{path}/comments")).await.json();
        assert_eq!((&comments["items"][0]["body"], &comments["items"][0]["author"]), (&json!("Moved."), &json!("rule:watch")));
        let ticket = path.rsplit('/').next().unwrap();
        desk.execute(&format!("set itsm.silent = 'on'; insert into events (at, ticket_id, subject, verb, changes) values (now(), '{ticket}', 'incident', 'updated', '{{\"location\": [1, 2]}}')")).await;
        desk.work().await;
        assert_eq!(runs(&admin, &watch).await.len(), 1);
    })
    .await;
}
