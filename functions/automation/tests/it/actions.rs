//! What rules do, and may not.
use serde_json::json;
use testkit::desk;

use crate::{raise, rule, runs};

#[tokio::test]
async fn all_kinds_in_one_write() {
    desk(async |desk| {
        let (admin, agent, caller) = (desk.person("admin").await, desk.person("agent").await, desk.person("requester").await);
        let (team, gone) = (desk.team("Network", false).await, desk.person("agent").await);
        desk.execute(&format!("update users set active = false where id = '{}'", gone.id)).await;
        let hook = admin.post("/v1/webhooks", json!({"url": "https://example.com/", "events": ["settings.category_created"]})).await.json();
        let all = rule(
            &admin,
            "all",
            json!({"events": ["created"], "actions": [
                {"do": "assign", "assignment_group": team, "assigned_to": agent.id},
                {"do": "transition", "to": "in_progress"},
                {"do": "comment", "body": "We look at it.", "visibility": "public"},
                {"do": "notify", "users": ["caller", "assignee", gone.id], "text": "Hello."},
                {"do": "webhook", "webhook": hook["id"]},
            ]}),
        )
        .await;
        let path = raise(&agent, json!({"short_description": "x", "caller_id": caller.id})).await;
        let ticket = path.rsplit('/').next().unwrap();
        desk.execute("update jobs set run_at = now() where queue = 'automation'").await;
        desk.execute("update webhooks set next_at = now() + interval '1 day'").await; // it is not called from here
        desk.work().await;
        assert_eq!(runs(&admin, &all).await, ["done"]);
        let now = agent.get(&path).await.json();
        assert_eq!(
            (&now["state"], &now["assigned_to"], &now["reassignment_count"], &now["version"]),
            (&json!("in_progress"), &json!(agent.id), &json!(1), &json!(2))
        );
        let verbs = desk
            .rows(&format!("select verb || ' ' || visibility || ' ' || coalesce(version, 0) from events where ticket_id = '{ticket}' order by seq"))
            .await;
        assert_eq!(verbs, ["created public 1", "in_progress public 2", "commented public 0", "rule_notified work_note 0", "rule_called public 0"]);
        let told = desk.rows("select changes #>> '{users,1}' from events where verb = 'rule_notified'").await;
        assert!(told[0].contains(&agent.id.to_string()) && told[0].contains(&caller.id.to_string()) && told[0].matches('-').count() == 8, "{told:?}");
        assert_eq!(
            desk.rows("select webhook_type(e.subject, e.verb, e.visibility) from webhook_deliveries join events e using (epoch, xact, seq)").await,
            ["incident.rule_called"]
        );
        assert_eq!(caller.get(&format!("{path}/comments")).await.json()["items"][0]["body"], "We look at it.");
    })
    .await;
}

#[tokio::test]
async fn resolving_has_its_jobs_and_what_the_lifecycle_refuses_is_told() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let resolve = json!([{"do": "transition", "to": "resolved", "close_code": "solved", "close_notes": "By itself."}]);
        let again = rule(&admin, "again", json!({"events": ["updated", "resolved"], "actions": resolve})).await;
        let parent = raise(&agent, json!({"short_description": "parent"})).await;
        let child = raise(&agent, json!({"short_description": "child", "parent_id": parent.rsplit('/').next()})).await;
        agent.patch(&parent, json!({"impact": 1})).await;
        desk.work().await;
        let resolved = agent.get(&parent).await.json();
        assert_eq!((&resolved["state"], &resolved["close_notes"]), (&json!("resolved"), &json!("By itself.")));
        assert_eq!(desk.rows("select count(*)::text from jobs where queue = 'sweep' and key like 'close:%' and state = 'queued'").await, ["2"]);
        // Its child is resolved in its name; that is a new chain, and the lifecycle ends it.
        assert_eq!(agent.get(&child).await.json()["close_notes"], "By itself.");
        let refused = "failed: action 0: An incident that is resolved cannot go to resolved.".to_owned();
        assert_eq!(runs(&admin, &again).await, ["done".to_owned(), "skipped: what led here was done by this rule".into(), refused.clone()]);
        agent.patch(&parent, json!({"impact": 2})).await;
        desk.work().await;
        assert_eq!(runs(&admin, &again).await[3], refused);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_ticket_is_assigned_within_its_team_and_told_to_its_readers_alone() {
    desk(async |desk| {
        let (admin, member, outsider) = (desk.person("admin").await, desk.person("agent").await, desk.person("agent").await);
        let (hr, other) = (desk.team("HR", true).await, desk.team("Network", false).await);
        desk.execute(&format!("insert into team_members (team_id, user_id) values ('{hr}', '{}'), ('{other}', '{}')", member.id, outsider.id)).await;
        let restricted = json!([{"field": "restricted_to", "op": "eq", "value": hr}]);
        let away =
            rule(&admin, "away", json!({"events": ["created"], "conditions": restricted, "actions": [{"do": "assign", "assigned_to": outsider.id}]}))
                .await;
        let group =
            rule(&admin, "group", json!({"events": ["created"], "conditions": restricted, "actions": [{"do": "assign", "assignment_group": other}]}))
                .await;
        let tell = rule(
            &admin,
            "tell",
            json!({"events": ["created"], "conditions": restricted, "actions": [{"do": "notify", "users": [outsider.id, member.id], "text": "x"}]}),
        )
        .await;
        let path = raise(&member, json!({"short_description": "x", "restricted_to": hr})).await;
        desk.work().await;
        let nobody = "failed: action 0, assigned_to: nobody active who works tickets, or of a restricted incident nobody of its team";
        assert_eq!(runs(&admin, &away).await, [nobody]);
        assert_eq!(runs(&admin, &group).await, ["failed: action 0, assignment_group: a restricted incident stays with its team"]);
        assert_eq!(runs(&admin, &tell).await, ["done"]);
        let told = desk.rows("select changes #>> '{users,1}' from events where verb = 'rule_notified'").await;
        assert_eq!(told, [format!("[\"{}\"]", member.id)]);
        assert_eq!(outsider.get(&path).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_rules_comment_is_nobodys_answer_to_a_clock() {
    desk(async |desk| {
        let (admin, caller, agent) = (desk.person("admin").await, desk.person("requester").await, desk.person("agent").await);
        let sla = json!({"name": "response", "type": "sla", "metric": "response", "goal": {"seconds": 14400}, "calendar_id": "00000000-0000-7000-8000-000000000247"});
        assert_eq!(admin.post("/v1/slas", sla).await.status, 201);
        let actions = json!([{"do": "set", "fields": {"location": "A"}}, {"do": "comment", "body": "We have it.", "visibility": "public"}]);
        rule(&admin, "polite", json!({"events": ["created"], "actions": actions})).await;
        let path = raise(&caller, json!({"short_description": "x"})).await;
        desk.work().await;
        assert_eq!(agent.get(&format!("{path}/comments")).await.json()["items"][0]["body"], "We have it.");
        let stage = async || agent.get(&format!("{path}/slas")).await.json()["items"][0]["stage"].clone();
        assert_eq!(stage().await, "in_progress");
        agent.patch(&path, json!({"location": "B"})).await;
        assert_eq!(stage().await, "in_progress");
        agent.post(&format!("{path}/comments"), json!({"body": "I look at it."})).await;
        assert_eq!(stage().await, "completed");
    })
    .await;
}
