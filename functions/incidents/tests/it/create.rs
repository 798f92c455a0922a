//! `POST /v1/incidents`
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn the_priority_is_the_matrixs() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let raised = agent.post("/v1/incidents", json!({"short_description": "E-mail does not send", "impact": 2, "urgency": 1})).await;
        assert_eq!(raised.status, 201, "{}", raised.body);
        assert_eq!(raised.json()["priority"], 2);
        assert_eq!(raised.header("etag"), Some("\"1\""));
    })
    .await;
}
