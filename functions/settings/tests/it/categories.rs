//! `GET`, `POST /v1/categories`
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn managers_add_and_everybody_reads() {
    desk(async |desk| {
        let (manager, agent) = (desk.person("manager").await, desk.person("agent").await);
        let network = json!({"name": "Network", "subcategories": ["VPN", "Wi-Fi"]});
        assert_eq!(agent.post("/v1/categories", network.clone()).await.status, 403);
        let added = manager.post("/v1/categories", network.clone()).await;
        assert_eq!((added.status, added.json()), (201, network.clone()));
        assert_eq!(agent.get("/v1/categories").await.json()["items"], json!([network]));
        let raised = agent.post("/v1/incidents", json!({"short_description": "x", "category": "Network", "subcategory": "VPN"})).await;
        assert_eq!(raised.status, 201, "{}", raised.body);
        let wrong = agent.post("/v1/incidents", json!({"short_description": "x", "category": "Network", "subcategory": "Printer"})).await;
        assert_eq!(wrong.json()["errors"][0]["pointer"], "/subcategory");
    })
    .await;
}

#[tokio::test]
async fn a_name_is_there_once_and_a_key_counts_once() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let key = [("idempotency-key", "k")];
        let first = manager.post_with("/v1/categories", &key, json!({"name": "Network"})).await;
        let again = manager.post_with("/v1/categories", &key, json!({"name": "Network"})).await;
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        let twice = manager.post("/v1/categories", json!({"name": "Network"})).await;
        assert_eq!((twice.status, twice.problem().as_str()), (409, "conflict"));
        for (pointer, body) in [
            ("/name", json!({"name": ""})),
            ("/subcategories", json!({"name": "x", "subcategories": ["a", "a"]})),
            ("/subcategories", json!({"name": "x", "subcategories": [""]})),
            ("/subcategories/0", json!({"name": "x", "subcategories": [1]})),
        ] {
            let reply = manager.post("/v1/categories", body.clone()).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}");
        }
        assert_eq!(desk.rows("select name from categories").await, ["Network"]);
    })
    .await;
}
