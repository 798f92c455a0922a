//! `GET /health/live`, `/health/ready`, `/openapi.json`, `/docs`; and what is answered where nothing is.
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn alive_and_ready_with_the_roles_settings() {
    desk(async |desk| {
        let nobody = desk.nobody();
        assert_eq!(nobody.get("/health/live").await.json(), json!({"status": "pass"}));
        let ready = nobody.get("/health/ready").await;
        assert_eq!((ready.status, &ready.json()["status"]), (200, &json!("pass")), "{}", ready.body);
    })
    .await;
}

#[tokio::test]
async fn the_document_and_its_page_need_nothing_from_elsewhere() {
    desk(async |desk| {
        let nobody = desk.nobody();
        let document = nobody.get("/openapi.json").await.json();
        assert_eq!(document["openapi"], "3.1.0");
        assert!(document["paths"]["/v1/incidents/{id}"]["patch"].is_object());
        let page = nobody.get("/docs").await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        assert!(!page.body.contains("https://") && page.body.contains("/openapi.json"), "{}", &page.body[..200]);
    })
    .await;
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_with_a_request_id() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let missing = agent.get("/v1/incidents/x/y/z").await;
        assert_eq!((missing.status, missing.problem().as_str()), (404, "not-found"));
        let method = agent.send(http::Method::DELETE, "/v1/incidents", &[], None).await;
        assert_eq!((method.status, method.problem().as_str()), (405, "method-not-allowed"));
        assert_eq!(method.header("allow"), Some("GET,HEAD,POST"));
        let given = agent.get_with("/v1/incidents/nonsense", &[("x-request-id", "my-own-id-7")]).await;
        assert_eq!((given.header("x-request-id"), &given.json()["request_id"]), (Some("my-own-id-7"), &json!("my-own-id-7")));
        let odd = agent.get_with("/health/live", &[("x-request-id", "with space")]).await;
        assert_ne!(odd.header("x-request-id"), Some("with space"));
    })
    .await;
}

#[tokio::test]
async fn internal_routes_are_closed_to_the_world() {
    desk(async |desk| {
        for person in [desk.nobody(), desk.person("admin").await] {
            for path in ["/metrics", "/internal/drain/sweep", "/"] {
                let reply = person.send(http::Method::POST, path, &[], None).await;
                assert_eq!((reply.status, reply.problem().as_str()), (404, "not-found"), "{path}");
                assert_eq!(person.get(path).await.status, 404, "{path}");
            }
        }
    })
    .await;
}
