//! `POST /v1/incidents/bulk`
use serde_json::{Value, json};
use testkit::desk;

use crate::{join, path, raised};

const BULK: &str = "/v1/incidents/bulk";

fn statuses(answer: &Value) -> Vec<i64> {
    answer["items"].as_array().unwrap().iter().map(|item| item["status"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn each_has_its_own_status_in_the_order_asked() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (one, two) = (raised(&agent, "one").await, raised(&agent, "two").await);
        let reply = agent
            .post(
                BULK,
                json!({"operations": [
                    {"id": one["number"], "method": "patch", "body": {"impact": 1}},
                    {"id": two["id"], "method": "patch", "body": {"impact": 9}},
                    {"id": one["id"], "method": "patch", "body": {"urgency": 1}, "if_match": 1},
                    {"id": one["id"], "method": "patch", "body": {"urgency": 1}, "if_match": 2},
                    {"id": two["id"], "method": "transition", "body": {"to": "closed"}},
                    {"id": two["id"], "method": "transition", "body": {"to": "in_progress", "assigned_to": agent.id}},
                    {"id": two["id"], "method": "comment", "body": {"body": "At work.", "visibility": "work_note"}},
                    {"id": "INC9999999", "method": "comment", "body": {"body": "x"}},
                    {"id": one["id"], "method": "patch", "body": {"colour": "red"}},
                    {"id": one["id"], "method": "comment", "body": {"body": "x"}, "if_match": 3}
                ]}),
            )
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let answer = reply.json();
        assert_eq!(statuses(&answer), [200, 422, 412, 200, 409, 200, 201, 404, 400, 422]);
        let items = answer["items"].as_array().unwrap();
        assert_eq!((&items[0]["id"], &items[0]["body"]["version"], &items[0].get("problem")), (&one["number"], &json!(2), &None));
        assert_eq!(items[3]["body"]["priority"], 1);
        assert_eq!((&items[1]["problem"]["type"], items[1].get("body")), (&json!("urn:itsm:problem:invalid"), None));
        assert_eq!(items[1]["problem"]["errors"][0]["pointer"], "/impact");
        assert_eq!(agent.get(&path(&two)).await.json()["state"], "in_progress");
        assert_eq!(desk.rows("select body from comments").await, ["At work."]);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_bulk() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let one = json!({"id": "INC0000001", "method": "patch", "body": {}});
        for (operations, status) in [
            (json!([]), 422),
            (json!(vec![one.clone(); 201]), 422),
            (json!([{"id": "INC0000001", "method": "delete", "body": {}}]), 422),
            (json!([{"id": "INC0000001", "method": "patch"}]), 422),
            (json!([{"id": "INC0000001", "method": "comment", "body": 7}]), 422),
            (json!([{"id": "INC0000001", "method": "patch", "body": {}, "colour": "red"}]), 400),
            (json!(7), 422),
        ] {
            assert_eq!(agent.post(BULK, json!({"operations": operations})).await.status, status, "{operations}");
        }
        let nobody = desk.nobody().post(BULK, json!({"operations": [one]})).await;
        assert_eq!(nobody.status, 401);
    })
    .await;
}

#[tokio::test]
async fn rights_are_each_items_own() {
    desk(async |desk| {
        let (agent, requester, auditor) = (desk.person("agent").await, desk.person("requester").await, desk.person("auditor").await);
        let (mine, theirs) = (raised(&requester, "mine").await, raised(&agent, "theirs").await);
        let body = json!({"operations": [
            {"id": mine["id"], "method": "patch", "body": {"description": "more"}},
            {"id": mine["id"], "method": "patch", "body": {"impact": 1}},
            {"id": theirs["id"], "method": "comment", "body": {"body": "x"}},
            {"id": mine["id"], "method": "comment", "body": {"body": "x"}},
            {"id": mine["id"], "method": "transition", "body": {"to": "canceled"}}
        ]});
        assert_eq!(statuses(&auditor.post(BULK, body.clone()).await.json()), [403, 403, 403, 403, 403]);
        assert_eq!(statuses(&requester.post(BULK, body).await.json()), [200, 403, 404, 201, 200]);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_is_the_same_answer_and_does_nothing_twice_even_after_a_crash_halfway() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (one, two) = (raised(&agent, "one").await, raised(&agent, "two").await);
        let key = [("idempotency-key", "k")];
        let body = json!({"operations": [
            {"id": one["id"], "method": "comment", "body": {"body": "once"}},
            {"id": one["id"], "method": "patch", "body": {"location": "here"}},
            {"id": two["id"], "method": "transition", "body": {"to": "closed"}},
            {"id": two["id"], "method": "transition", "body": {"to": "canceled"}},
            {"id": one["id"], "method": "comment", "body": {"body": "once"}}
        ]});
        let first = agent.post_with(BULK, &key, body.clone()).await;
        assert_eq!(statuses(&first.json()), [201, 200, 409, 200, 201]);
        let other = desk.person("agent").await;
        other.patch(&path(&one), json!({"location": "there"})).await;
        assert_eq!(agent.post_with(BULK, &key, body.clone()).await.body, first.body);
        // The process ended before the whole answer was kept: the items are known by their own keys.
        desk.execute("delete from idempotency_keys where route = 'POST /v1/incidents/bulk'").await;
        let again = agent.post_with(BULK, &key, body.clone()).await.json();
        for at in [0, 1, 3, 4] {
            assert_eq!(again["items"][at], first.json()["items"][at]);
        }
        assert_eq!(again["items"][2]["status"], 409);
        assert_eq!(desk.rows("select count(*)::text from comments").await, ["2"]);
        assert_eq!(agent.get(&path(&one)).await.json()["location"], "there");
        let changed = json!({"operations": [{"id": one["id"], "method": "comment", "body": {"body": "twice"}}]});
        assert_eq!(agent.post_with(BULK, &key, changed.clone()).await.status, 422);
        assert_eq!(statuses(&other.post_with(BULK, &key, changed).await.json()), [201]);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_shows_nothing_after_one_is_out() {
    desk(async |desk| {
        let member = desk.person("agent").await;
        let hr = desk.team("HR", true).await;
        join(desk, hr, &member).await;
        let secret = member
            .post("/v1/incidents", json!({"short_description": "canary", "caller_id": desk.person("requester").await.id, "restricted_to": hr}))
            .await
            .json();
        let open = raised(&member, "open").await;
        let body = json!({"operations": [
            {"id": secret["id"], "method": "patch", "body": {"location": "canary"}},
            {"id": secret["id"], "method": "comment", "body": {"body": "canary"}},
            {"id": open["id"], "method": "patch", "body": {"location": "here"}}
        ]});
        let key = [("idempotency-key", "k")];
        let first = member.post_with(BULK, &key, body.clone()).await;
        assert_eq!(statuses(&first.json()), [200, 201, 200]);
        desk.execute("delete from team_members").await;
        let again = member.post_with(BULK, &key, body).await;
        assert!(again.status == 200 && !again.body.contains("canary"), "{}", again.body);
        assert_eq!(again.json()["items"][2], first.json()["items"][2]);
    })
    .await;
}
