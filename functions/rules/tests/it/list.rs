//! `GET /v1/rules`
use serde_json::json;
use testkit::desk;

use crate::small;

#[tokio::test]
async fn pages_in_the_order_in_which_rules_run() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        for position in [30, 10, 20] {
            let mut new = small(&position.to_string());
            new["position"] = json!(position);
            new["active"] = json!(position != 10);
            assert_eq!(admin.post("/v1/rules", new).await.status, 201);
        }
        let first = admin.get("/v1/rules?limit=2").await.json();
        let rest = admin.get(&format!("/v1/rules?limit=2&cursor={}", first["next"].as_str().unwrap())).await.json();
        let names: Vec<&str> =
            [&first, &rest].iter().flat_map(|page| page["items"].as_array().unwrap()).map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["10", "20", "30"]);
        assert_eq!(admin.get("/v1/rules?active=false").await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(admin.get("/v1/rules?color=red").await.status, 400);
    })
    .await;
}
