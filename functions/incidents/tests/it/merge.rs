//! `POST /v1/incidents/{id}/merge`
use serde_json::{Value, json};
use testkit::{Person, Reply, desk};

use crate::{each, join, path, raised};

async fn merge(person: &Person<'_>, source: &Value, into: &Value) -> Reply {
    person.post(&format!("{}/merge", path(source)), json!({"into": into["id"]})).await
}

#[tokio::test]
async fn what_was_said_and_who_watches_moves_and_it_is_canceled_with_a_link() {
    desk(async |desk| {
        let (agent, caller, watcher) = (desk.person("agent").await, desk.person("requester").await, desk.person("requester").await);
        let other = desk.person("requester").await;
        let (source, target) = (raised(&caller, "source").await, raised(&other, "target").await);
        for (incident, body, visibility) in [(&source, "a", "public"), (&target, "b", "public"), (&source, "c", "work_note")] {
            agent.post(&format!("{}/comments", path(incident)), json!({"body": body, "visibility": visibility})).await;
        }
        agent.put(&format!("{}/watchers/{}", path(&source), watcher.id)).await;
        let reply = agent.post(&format!("{}/merge", path(&source)), json!({"into": target["number"]})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let merged = reply.json();
        assert_eq!((&merged["state"], &merged["merged_into"], &merged["version"]), (&json!("canceled"), &target["id"], &json!(2)));
        assert_eq!(reply.header("etag"), Some("\"2\""));
        let said = each(&agent.get(&format!("{}/comments", path(&target))).await.json(), "body").concat();
        assert_eq!(said, "abc");
        assert_eq!(each(&other.get(&format!("{}/comments", path(&target))).await.json(), "body").concat(), "ab");
        assert_eq!(agent.get(&format!("{}/comments", path(&source))).await.json()["items"], json!([]));
        // Its caller and its watchers follow it.
        for person in [&caller, &watcher] {
            assert_eq!(person.get(&path(&target)).await.status, 200);
        }
        let link = agent.get(&format!("{}/links", path(&target))).await.json()["items"][0].clone();
        assert_eq!((&link["kind"], &link["ticket"]["id"]), (&json!("duplicated_by"), &source["id"]));
        let events = desk.rows("select coalesce(version::text, '-') || ' ' || changes::text from events where verb = 'merged' order by seq").await;
        assert!(events[0].starts_with("2 ") && events[0].contains("\"merged_into\""), "{events:?}");
        assert_eq!(events[1], format!("- {{\"merged_from\": [null, {}]}}", source["id"]));
        assert_eq!(agent.get(&path(&target)).await.json()["version"], 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_over_or_merged_or_has_children_is_not_merged() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (one, two, three) = (raised(&agent, "one").await, raised(&agent, "two").await, raised(&agent, "three").await);
        let refused = async |source: &Value, into: &Value, status: u16, why: &str| {
            let reply = merge(&agent, source, into).await;
            assert!(reply.status == status && reply.body.contains(why), "{why}: {}", reply.body);
        };
        refused(&one, &one, 422, "into itself").await;
        refused(&one, &json!({"id": "INC9999999"}), 422, "/into").await;
        let (parent, child) = (raised(&agent, "parent").await, raised(&agent, "child").await);
        agent.patch(&path(&child), json!({"parent_id": parent["id"]})).await;
        refused(&parent, &one, 409, "children").await;
        assert_eq!(merge(&agent, &one, &two).await.status, 200);
        refused(&two, &one, 409, "merged itself").await;
        refused(&three, &one, 409, "merged itself").await;
        refused(&one, &three, 409, "new, in_progress or on_hold").await;
        assert_eq!(merge(&agent, &two, &three).await.status, 200);
        let (open, canceled) = (raised(&agent, "open").await, raised(&agent, "canceled").await);
        agent.post(&format!("{}/transitions", path(&canceled)), json!({"to": "canceled"})).await;
        refused(&open, &canceled, 409, "closed or canceled").await;
        let stale = agent.post_with(&format!("{}/merge", path(&open)), &[("if-match", "\"7\"")], json!({"into": three["id"]})).await;
        assert_eq!(stale.status, 412);
        let key = [("idempotency-key", "k")];
        let url = format!("{}/merge", path(&open));
        let first = agent.post_with(&url, &key, json!({"into": three["id"]})).await;
        let again = agent.post_with(&url, &key, json!({"into": three["id"]})).await;
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        assert_eq!(agent.post_with(&url, &key, json!({"into": two["id"]})).await.status, 422);
    })
    .await;
}

#[tokio::test]
async fn rights_on_both_and_the_same_restriction() {
    desk(async |desk| {
        let (agent, member, caller) = (desk.person("agent").await, desk.person("agent").await, desk.person("requester").await);
        let (auditor, admin) = (desk.person("auditor").await, desk.person("admin").await);
        let hr = desk.team("HR", true).await;
        join(desk, hr, &member).await;
        let (mine, other) = (raised(&caller, "mine").await, raised(&caller, "other").await);
        for (person, status) in [(&caller, 403), (&auditor, 403), (&desk.person("requester").await, 404), (&desk.nobody(), 401)] {
            assert_eq!(merge(person, &mine, &other).await.status, status);
        }
        let restricted = async || member.post("/v1/incidents", json!({"short_description": "r", "restricted_to": hr})).await.json();
        let (secret, more) = (restricted().await, restricted().await);
        let unseen = merge(&agent, &mine, &secret).await;
        assert_eq!((unseen.status, &unseen.json()["errors"][0]["detail"]), (422, &json!("There is no such incident.")));
        assert_eq!(merge(&agent, &secret, &mine).await.status, 404);
        for person in [&member, &admin] {
            assert_eq!(merge(person, &secret, &mine).await.status, 422);
            assert_eq!(merge(person, &mine, &secret).await.status, 422);
        }
        // A watcher from outside sees both and decides neither.
        for incident in [&secret, &more] {
            member.put(&format!("{}/watchers/{}", path(incident), agent.id)).await;
        }
        assert_eq!(merge(&agent, &secret, &more).await.status, 403);
        assert_eq!(merge(&member, &secret, &more).await.status, 200);
    })
    .await;
}
