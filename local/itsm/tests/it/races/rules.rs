//! Rules and people who write the same incidents at once.
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn a_rule_and_people_who_edit_meanwhile_lose_nothing() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let rule = json!({"name": "mark", "events": ["created"], "actions": [{"do": "set", "fields": {"custom.rule": "was here"}}]});
        let rule = admin.post("/v1/rules", rule).await.json()["id"].clone();
        let mut paths = Vec::new();
        for _ in 0..8 {
            let raised = agent.post("/v1/incidents", json!({"short_description": "x"})).await.json();
            paths.push(format!("/v1/incidents/{}", raised["id"].as_str().unwrap()));
        }
        let edits = async {
            for n in 0..5 {
                for path in &paths {
                    assert_eq!(agent.patch(path, json!({"custom": {"people": n}})).await.status, 200);
                }
            }
        };
        tokio::join!(edits, Box::pin(desk.work()), Box::pin(desk.work()));
        desk.work().await;
        for path in &paths {
            let ticket = agent.get(path).await.json();
            assert_eq!((&ticket["custom"], &ticket["version"]), (&json!({"people": 4, "rule": "was here"}), &json!(7)));
        }
        let runs = admin.get(&format!("/v1/rules/{}/runs", rule.as_str().unwrap())).await.json();
        let outcomes: Vec<_> = runs["items"].as_array().unwrap().iter().map(|run| &run["outcome"]).collect();
        assert_eq!(outcomes, vec!["done"; 8]);
    })
    .await;
}
