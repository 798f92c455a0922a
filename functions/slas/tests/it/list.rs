//! `GET /v1/slas`
use serde_json::{Value, json};
use testkit::desk;

use crate::added;

#[tokio::test]
async fn by_position_page_by_page_and_filtered() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        for (name, with) in
            [("c", json!({"position": 9})), ("a", json!({"position": 1})), ("b", json!({"position": 5, "type": "ola", "active": false}))]
        {
            added(&manager, name, with).await;
        }
        let (mut names, mut url) = (String::new(), "/v1/slas?limit=2".to_owned());
        loop {
            let page = agent.get(&url).await.json();
            names.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()));
            let Value::String(next) = &page["next"] else { break };
            url = format!("/v1/slas?limit=2&cursor={next}");
        }
        assert_eq!(names, "abc");
        for (filter, count) in [("type=ola", 1), ("active=true", 2), ("metric=update", 0), ("type=sla&metric=resolution", 2)] {
            assert_eq!(agent.get(&format!("/v1/slas?{filter}")).await.json()["items"].as_array().unwrap().len(), count, "{filter}");
        }
        assert_eq!(agent.get("/v1/slas?type=wish").await.status, 400);
    })
    .await;
}
