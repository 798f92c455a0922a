//! `POST /v1/rules`
use serde_json::{Value, json};
use testkit::desk;

use crate::{UNKNOWN, small};

#[tokio::test]
async fn a_rule_is_there_with_an_event_and_nobody_can_be_it() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let made = admin.post("/v1/rules", small("First")).await;
        assert_eq!((made.status, made.header("etag")), (201, Some("\"1\"")), "{}", made.body);
        let body = made.json();
        assert_eq!((&body["position"], &body["active"], &body["conditions"], &body["after"]), (&json!(100), &json!(true), &json!([]), &json!(null)));
        let path = format!("/v1/rules/{}", body["id"].as_str().unwrap());
        assert_eq!(admin.get(&path).await.json(), body);
        assert_eq!(desk.rows("select name || ' ' || role || ' ' || active from users where name like 'rule:%'").await, ["rule:First agent false"]);
        assert_eq!(desk.rows("select verb from events where subject = 'rule'").await, ["created"]);
        let again = admin.post("/v1/rules", small("First")).await;
        assert_eq!((again.status, again.problem().as_str()), (409, "conflict"));
        let timed =
            json!({"name": "Second", "after": {"minutes": 5, "since": "state"}, "actions": [{"do": "comment", "body": "x", "visibility": "public"}]});
        let timed = admin.post("/v1/rules", timed).await;
        assert_eq!((timed.status, &timed.json()["after"]), (201, &json!({"minutes": 5, "since": "state"})), "{}", timed.body);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_under_its_key_is_one_rule() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let key = [("idempotency-key", "k"), ("content-type", "application/json")];
        let body = || Some(small("Once").to_string().into_bytes());
        let first = admin.send(http::Method::POST, "/v1/rules", &key, body()).await;
        let again = admin.send(http::Method::POST, "/v1/rules", &key, body()).await;
        assert_eq!((first.status, again.status, first.json()), (201, 201, again.json()), "{}", again.body);
        assert_eq!(desk.rows("select count(*)::text from rules").await, ["1"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_pointed_at() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let with = |field: &str, value: Value| {
            let mut rule = small("x");
            rule[field] = value;
            rule
        };
        let action = small("x")["actions"][0].clone();
        for (pointer, rule) in [
            ("/name", with("name", json!(" "))),
            ("/name", with("name", json!("x".repeat(81)))),
            ("/description", with("description", json!("x".repeat(4001)))),
            ("/position", with("position", json!(-1))),
            ("/events", with("events", json!([]))),
            ("/events/0", with("events", json!(["Created"]))),
            ("/events/1", with("events", json!(["created", "exploded"]))),
            ("/events", with("events", json!(null))),
            ("/events", with("after", json!({"minutes": 1, "since": "opened"}))),
            ("/after/since", with("after", json!({"minutes": 1, "since": "ever"}))),
            ("/conditions/0/field", with("conditions", json!([{"field": "colour", "op": "eq", "value": 1}]))),
            ("/conditions/0/all/1/value", with("conditions", json!([{"all": [{"any": []}, {"field": "impact", "op": "eq", "value": 4}]}]))),
            ("/actions", with("actions", json!([]))),
            ("/actions/0", with("actions", json!([{"do": "watch", "user": "x"}]))),
            ("/actions/0/fields/caller_id", with("actions", json!([{"do": "set", "fields": {"caller_id": admin.id}}]))),
            ("/actions/0/assignment_group", with("actions", json!([{"do": "assign", "assignment_group": UNKNOWN, "assigned_to": UNKNOWN}]))),
            ("/actions/1/users/2", with("actions", json!([action, {"do": "notify", "users": ["caller", admin.id, UNKNOWN], "text": "x"}]))),
            ("/conditions/0/value", with("conditions", json!([{"field": "assignment_group", "op": "eq", "value": UNKNOWN}]))),
            ("/conditions/0/any/0/value/1", with("conditions", json!([{"any": [{"field": "caller_id", "op": "in", "value": [admin.id, UNKNOWN]}]}]))),
        ] {
            let reply = admin.post("/v1/rules", rule.clone()).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{rule} {}", reply.body);
        }
        for (detail, rule) in [
            ("There is no such team.", with("actions", json!([{"do": "assign", "assignment_group": UNKNOWN}]))),
            ("There is no such user.", with("actions", json!([{"do": "assign", "assigned_to": UNKNOWN}]))),
            ("It is one of created, updated, ", with("events", json!(["exploded"]))),
        ] {
            let reply = admin.post("/v1/rules", rule).await;
            assert!(reply.json()["errors"][0]["detail"].as_str().unwrap().starts_with(detail), "{}", reply.body);
        }
        let timed = json!({"name": "x", "after": {"minutes": 0, "since": "opened"}, "actions": small("x")["actions"]});
        assert_eq!(admin.post("/v1/rules", timed).await.json()["errors"][0]["pointer"], "/after/minutes");
        assert_eq!(admin.post("/v1/rules", with("colour", json!(1))).await.status, 400);
        for role in ["requester", "agent", "manager", "auditor"] {
            assert_eq!(desk.person(role).await.post("/v1/rules", small("x")).await.status, 403, "{role}");
        }
        assert_eq!(desk.rows("select count(*)::text from rules").await, ["0"]);
    })
    .await;
}
