//! `GET /v1/incidents/{id}/children`, and taking and leaving a parent.
use serde_json::{Value, json};
use testkit::{Reply, desk};

use crate::{each, path, raised};

fn pointer(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json()["errors"][0]["pointer"].clone())
}

#[tokio::test]
async fn parts_are_one_level_deep() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (parent, one, two) = (raised(&agent, "parent").await, raised(&agent, "one").await, raised(&agent, "two").await);
        let take = async |child: &Value, parent: &Value| agent.patch(&path(child), json!({"parent_id": parent["id"]})).await;
        for child in [&one, &two] {
            assert_eq!(take(child, &parent).await.json()["parent_id"], parent["id"]);
        }
        let other = raised(&agent, "other").await;
        assert_eq!(pointer(&take(&parent, &other).await), (422, json!("/parent_id")));
        assert_eq!(pointer(&take(&other, &one).await), (422, json!("/parent_id")));
        assert_eq!(pointer(&take(&other, &other).await), (422, json!("/parent_id")));
        assert_eq!(pointer(&agent.patch(&path(&other), json!({"parent_id": "INC0000001"})).await), (422, json!("/parent_id")));
        let children = format!("{}/children", path(&parent));
        assert_eq!(each(&agent.get(&children).await.json(), "short_description"), ["one", "two"]);
        let first = agent.get(&format!("{children}?limit=1")).await.json();
        let rest = agent.get(&format!("{children}?limit=1&cursor={}", first["next"].as_str().unwrap())).await.json();
        assert_eq!((each(&rest, "short_description"), &rest["next"]), (vec!["two".to_owned()], &json!(null)));
        let left = agent.patch(&path(&one), json!({"parent_id": null})).await.json();
        assert_eq!((&left["parent_id"], &left["version"]), (&json!(null), &json!(3)));
        assert_eq!(each(&agent.get(&children).await.json(), "short_description"), ["two"]);
        agent.post(&format!("{}/transitions", path(&other)), json!({"to": "canceled"})).await;
        let closed = take(&one, &other).await;
        assert_eq!(pointer(&closed), (422, json!("/parent_id")), "{}", closed.body);
    })
    .await;
}

#[tokio::test]
async fn what_one_does_not_see_is_left_out() {
    desk(async |desk| {
        let (agent, caller, admin) = (desk.person("agent").await, desk.person("requester").await, desk.person("admin").await);
        let (parent, open, secret) = (raised(&caller, "parent").await, raised(&agent, "open").await, raised(&admin, "secret").await);
        for child in [&open, &secret] {
            admin.patch(&path(child), json!({"parent_id": parent["id"]})).await;
        }
        let hr = desk.team("HR", true).await;
        desk.execute(&format!("update tickets set restricted_to = '{hr}' where id = '{}'", secret["id"].as_str().unwrap())).await;
        let seen = [(&admin, vec!["open", "secret"]), (&agent, vec!["open"]), (&caller, vec![])];
        for (person, all) in seen {
            assert_eq!(each(&person.get(&format!("{}/children", path(&parent))).await.json(), "short_description"), all);
        }
        assert_eq!(desk.person("requester").await.get(&format!("{}/children", path(&parent))).await.status, 404);
        assert_eq!(caller.patch(&path(&parent), json!({"parent_id": null})).await.status, 403);
    })
    .await;
}
