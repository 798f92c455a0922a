//! `POST /v1/teams`
use serde_json::json;
use testkit::desk;

use crate::feed;

#[tokio::test]
async fn managers_and_administrators_add_a_team() {
    desk(async |desk| {
        for role in ["manager", "admin"] {
            let person = desk.person(role).await;
            let reply = person.post("/v1/teams", json!({"name": role, "description": "What it does", "restricted": role == "admin"})).await;
            assert_eq!((reply.status, reply.header("etag")), (201, Some("\"1\"")), "{}", reply.body);
            assert_eq!(person.get(reply.header("location").unwrap()).await.json(), reply.json());
        }
        for role in ["requester", "agent", "auditor"] {
            let reply = desk.person(role).await.post("/v1/teams", json!({"name": role})).await;
            assert_eq!((reply.status, reply.problem().as_str()), (403, "forbidden"), "{role}");
        }
        assert_eq!(desk.nobody().post("/v1/teams", json!({"name": "x"})).await.status, 401);
        let expected = json!({"name": [null, "manager"], "description": [null, "What it does"], "restricted": [null, false], "active": [null, true]});
        assert_eq!(feed(&desk.person("auditor").await).await, [("created".to_owned(), expected)], "the restricted one is not told of");
    })
    .await;
}

#[tokio::test]
async fn a_name_is_there_once_and_a_key_counts_once() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let key = [("idempotency-key", "k")];
        let first = manager.post_with("/v1/teams", &key, json!({"name": "Network"})).await;
        let again = manager.post_with("/v1/teams", &key, json!({"name": "Network"})).await;
        assert_eq!((first.status, &first.body, first.header("location")), (again.status, &again.body, again.header("location")));
        assert_eq!(manager.post_with("/v1/teams", &key, json!({"name": "Other"})).await.status, 422);
        let twice = manager.post("/v1/teams", json!({"name": "Network"})).await;
        assert_eq!((twice.status, twice.problem().as_str()), (409, "conflict"));
        for (pointer, body) in [
            ("/name", json!({"name": ""})),
            ("/name", json!({"name": " "})),
            ("/name", json!({"name": "a\nb"})),
            ("/name", json!({"name": "x".repeat(161)})),
            ("/description", json!({"name": "x", "description": "x".repeat(4001)})),
            ("/restricted", json!({"name": "x", "restricted": null})),
        ] {
            let reply = manager.post("/v1/teams", body.clone()).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}");
        }
        assert_eq!(manager.post("/v1/teams", json!({"name": "x", "colour": 1})).await.status, 400);
        assert_eq!(desk.rows("select name from teams").await, ["Network"]);
    })
    .await;
}
