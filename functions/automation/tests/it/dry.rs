//! `POST /v1/rules/{id}/test`: a dry run says what a run would do, and does nothing.
use serde_json::json;
use testkit::desk;

use crate::{raise, rule, runs};

#[tokio::test]
async fn it_says_what_would_be_done_and_writes_nothing() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let path = rule(&admin, "dry", json!({
            "active": false, "events": ["updated"],
            "conditions": [{"field": "location", "op": "changed"}, {"not": {"field": "priority", "op": "lt", "value": 3}}],
            "actions": [{"do": "set", "fields": {"impact": 1}}, {"do": "comment", "body": "x", "visibility": "public"}],
        }))
        .await;
        let ticket = raise(&agent, json!({"short_description": "x"})).await;
        agent.patch(&ticket, json!({"location": "A"})).await;
        let number = agent.get(&ticket).await.json()["number"].clone();
        const ALL: &str = "select (select count(*) from events) || ' ' || (select count(*) from jobs) || ' ' || (select count(*) from comments) || ' ' || (select sum(version) from tickets) || ' ' || (select count(*) from rule_runs)";
        let before = desk.rows(ALL).await;
        let verdict = admin.post(&format!("{path}/test"), json!({"ticket": number})).await;
        assert_eq!(verdict.status, 200, "{}", verdict.body);
        let verdict = verdict.json();
        assert_eq!((&verdict["holds"], &verdict["refused"]), (&json!(true), &json!(null)));
        assert_eq!(verdict["conditions"], json!([
            {"field": "location", "op": "changed", "value": null, "found": "A", "holds": true},
            {"not": {"field": "priority", "op": "lt", "value": 3, "found": 5, "holds": false}, "holds": true},
        ]));
        assert_eq!(verdict["plan"], json!({"set": {"impact": 1}, "verb": "updated", "steps": [{"comment": "x", "visibility": "public"}]}));
        agent.post(&format!("{ticket}/transitions"), json!({"to": "canceled"})).await;
        let refused = admin.post(&format!("{path}/test"), json!({"ticket": number})).await.json();
        assert_eq!((&refused["plan"], &refused["refused"]), (&json!(null), &json!("action 0: A closed or canceled incident does not change any more.")));
        assert_eq!(admin.post(&format!("{path}/test"), json!({"ticket": "INC9999999"})).await.status, 422);
        let after = desk.rows(ALL).await;
        assert_eq!(before[0].split(' ').next_back(), after[0].split(' ').next_back());
        desk.work().await;
        assert!(runs(&admin, &path).await.is_empty());
        assert_eq!(agent.get(&ticket).await.json()["impact"], 3);
        assert_eq!(desk.rows("select count(*)::text from comments").await, ["0"]);
    })
    .await;
}

#[tokio::test]
async fn it_is_refused_what_a_run_is_refused() {
    desk(async |desk| {
        let (admin, agent, requester) = (desk.person("admin").await, desk.person("agent").await, desk.person("requester").await);
        let (closed, never) = (desk.team("Closed", false).await, desk.team("Never", false).await);
        let mut rules = Vec::new();
        for (name, assign) in [
            ("closed", json!({"do": "assign", "assignment_group": closed})),
            ("never", json!({"do": "assign", "assignment_group": never})),
            ("requester", json!({"do": "assign", "assigned_to": requester.id})),
        ] {
            let actions = json!([{"do": "set", "fields": {"impact": 1}}, assign]);
            rules.push(rule(&admin, name, json!({"events": ["created"], "actions": actions})).await);
        }
        // One that was there is not active any more; one never was.
        let unknown = "018f0000-0000-7000-8000-00000000000a";
        desk.execute(&format!(
            "update teams set active = false where id = '{closed}';
             update rules set actions = replace(actions::text, '{never}', '{unknown}')::jsonb"
        ))
        .await;
        let ticket = raise(&agent, json!({"short_description": "x"})).await;
        let number = agent.get(&ticket).await.json()["number"].clone();
        desk.work().await;
        let group = "action 1, assignment_group: the group is not there or not active";
        let person = "action 1, assigned_to: nobody active who works tickets, or of a restricted incident nobody of its team";
        for (path, refused) in rules.iter().zip([group, group, person]) {
            let verdict = admin.post(&format!("{path}/test"), json!({"ticket": number})).await.json();
            assert_eq!((&verdict["holds"], &verdict["plan"], &verdict["refused"]), (&json!(true), &json!(null), &json!(refused)), "{path}");
            assert_eq!(runs(&admin, path).await, [format!("failed: {refused}")]);
        }
        assert_eq!(agent.get(&ticket).await.json()["version"], 1);
    })
    .await;
}
