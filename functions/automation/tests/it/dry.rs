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
        assert_eq!((&refused["plan"], &refused["refused"]), (&json!(null), &json!("A closed or canceled incident does not change any more.")));
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
