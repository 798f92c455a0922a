//! `GET /v1/incidents/{id}/transitions`
use serde_json::{Value, json};
use testkit::desk;

use crate::{path, raised};

fn targets(body: &Value) -> Vec<&str> {
    body["items"].as_array().unwrap().iter().map(|item| item["to"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_state_lists_its_targets_with_what_they_require() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        let reply = agent.get(&format!("{}/transitions", path(&incident))).await;
        assert_eq!(reply.header("etag"), Some("\"1\""));
        let body = reply.json();
        assert_eq!(targets(&body), ["in_progress", "on_hold", "resolved", "canceled"]);
        assert_eq!(body["items"][2]["requires"], json!([{"any_of": ["close_code"]}, {"any_of": ["close_notes"]}]));
        assert_eq!(body["items"][1]["requires"][1], json!({"any_of": ["comment"], "when": {"field": "hold_reason", "is": "caller"}}));
        agent.post(&format!("{}/transitions", path(&incident)), json!({"to": "canceled"})).await;
        assert!(targets(&agent.get(&format!("{}/transitions", path(&incident))).await.json()).is_empty());
    })
    .await;
}

#[tokio::test]
async fn each_role_sees_what_it_may_do() {
    desk(async |desk| {
        let (agent, requester, auditor) = (desk.person("agent").await, desk.person("requester").await, desk.person("auditor").await);
        let transitions = format!("{}/transitions", path(&raised(&requester, "x").await));
        assert_eq!(targets(&requester.get(&transitions).await.json()), ["canceled"]);
        assert!(targets(&auditor.get(&transitions).await.json()).is_empty());
        agent.post(&transitions, json!({"to": "resolved", "close_code": "solved", "close_notes": "done", "assigned_to": agent.id})).await;
        assert_eq!(targets(&requester.get(&transitions).await.json()), ["closed", "in_progress"]);
    })
    .await;
}
