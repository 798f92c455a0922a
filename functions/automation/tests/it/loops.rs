//! Rules that would go on for ever.
use serde_json::json;
use testkit::desk;

use crate::{raise, rule, runs};

#[tokio::test]
async fn a_rule_does_not_react_to_itself_nor_to_what_it_led_to() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let set = |impact: i64| json!([{"do": "set", "fields": {"impact": impact}}]);
        let when = |impact: i64| json!([{"field": "impact", "op": "ne", "value": impact}]);
        let ping = rule(&admin, "ping", json!({"position": 1, "events": ["updated"], "conditions": when(1), "actions": set(1)})).await;
        let pong = rule(&admin, "pong", json!({"position": 2, "events": ["updated"], "conditions": when(2), "actions": set(2)})).await;
        let path = raise(&agent, json!({"short_description": "x"})).await;
        agent.patch(&path, json!({"location": "A"})).await;
        desk.work().await;
        // Each once for what the agent did; each other's changes they may answer once, not their own.
        let (ping, pong) = (runs(&admin, &ping).await, runs(&admin, &pong).await);
        let done = |runs: &[String]| runs.iter().filter(|run| *run == "done").count();
        assert!(done(&ping) + done(&pong) <= 4, "{ping:?} {pong:?}");
        assert!(ping.iter().chain(&pong).any(|run| run.starts_with("skipped")), "{ping:?} {pong:?}");
        let version = agent.get(&path).await.json()["version"].as_i64().unwrap();
        desk.work().await;
        assert_eq!(agent.get(&path).await.json()["version"].as_i64(), Some(version), "it has come to an end");
    })
    .await;
}

#[tokio::test]
async fn a_chain_ends_after_five() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let mut rules = Vec::new();
        for n in 0..7 {
            let conditions = json!([{"field": "location", "op": "eq", "value": n.to_string()}]);
            let actions = json!([{"do": "set", "fields": {"location": (n + 1).to_string()}}]);
            // the later ones come first in order, so that each needs an event of its own
            rules.push(
                rule(&admin, &format!("step {n}"), json!({"position": 100 - n, "events": ["updated"], "conditions": conditions, "actions": actions}))
                    .await,
            );
        }
        let path = raise(&agent, json!({"short_description": "x"})).await;
        agent.patch(&path, json!({"location": "0"})).await;
        desk.work().await;
        assert_eq!(agent.get(&path).await.json()["location"], "5");
        assert_eq!(runs(&admin, &rules[4]).await, ["done"]);
        assert_eq!(runs(&admin, &rules[5]).await, ["skipped: five rules led here, one by the other"]);
        assert!(runs(&admin, &rules[6]).await.is_empty());
    })
    .await;
}
