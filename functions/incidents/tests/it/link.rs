//! `GET`, `POST /v1/incidents/{id}/links`, `DELETE .../{link}`
use serde_json::{Value, json};
use testkit::desk;

use crate::{each, path, raised};

fn links(incident: &Value) -> String {
    format!("{}/links", path(incident))
}

#[tokio::test]
async fn each_end_reads_it_in_its_own_words() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (one, two) = (raised(&agent, "one").await, raised(&agent, "two").await);
        for (kind, inverse) in [
            ("duplicates", "duplicated_by"),
            ("causes", "caused_by"),
            ("relates", "relates"),
            ("duplicated_by", "duplicates"),
            ("caused_by", "causes"),
        ] {
            let reply = agent.post(&links(&one), json!({"kind": kind, "ticket": two["number"]})).await;
            assert_eq!(reply.status, 201, "{}", reply.body);
            assert_eq!((&reply.json()["kind"], &reply.json()["ticket"]["short_description"]), (&json!(kind), &json!("two")));
            let theirs = agent.get(&links(&two)).await.json()["items"][0].clone();
            assert_eq!((&theirs["kind"], &theirs["ticket"]["number"]), (&json!(inverse), &one["number"]));
            for (from, to, kind) in [(&one, &two, kind), (&two, &one, inverse), (&two, &one, kind)] {
                let again = agent.post(&links(from), json!({"kind": kind, "ticket": to["id"]})).await;
                assert_eq!((again.status, again.problem().as_str()), (409, "conflict"));
            }
            assert_eq!(agent.delete(&format!("{}/{}", links(&two), theirs["id"].as_str().unwrap())).await.status, 204);
            assert_eq!(agent.delete(&format!("{}/{}", links(&two), theirs["id"].as_str().unwrap())).await.status, 404);
            assert_eq!(agent.get(&links(&one)).await.json()["items"], json!([]));
        }
        let verbs = desk.rows("select count(*)::text from events where verb in ('linked', 'unlinked')").await;
        assert_eq!(verbs, ["20"]);
        assert_eq!(agent.get(&path(&one)).await.json()["version"], 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_refused() {
    desk(async |desk| {
        let (agent, requester, auditor) = (desk.person("agent").await, desk.person("requester").await, desk.person("auditor").await);
        let (one, two) = (raised(&requester, "one").await, raised(&requester, "two").await);
        let new = |to: &Value| json!({"kind": "relates", "ticket": to});
        for (person, status) in [(&requester, 403), (&auditor, 403), (&desk.person("requester").await, 404), (&desk.nobody(), 401)] {
            assert_eq!(person.post(&links(&one), new(&two["id"])).await.status, status);
        }
        for to in [&one["id"], &json!("INC9999999"), &json!("nonsense")] {
            let reply = agent.post(&links(&one), new(to)).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/ticket")), "{}", reply.body);
        }
        assert_eq!(agent.post(&links(&one), json!({"kind": "likes", "ticket": two["id"]})).await.status, 422);
        let key = [("idempotency-key", "k")];
        let first = agent.post_with(&links(&one), &key, new(&two["id"])).await;
        let again = agent.post_with(&links(&one), &key, new(&two["id"])).await;
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        assert_eq!(agent.post_with(&links(&one), &key, new(&one["id"])).await.status, 422);
        let link = format!("{}/{}", links(&one), first.json()["id"].as_str().unwrap());
        for person in [&requester, &auditor] {
            assert_eq!(person.delete(&link).await.status, 403);
        }
        let elsewhere = raised(&agent, "elsewhere").await;
        assert_eq!(agent.delete(&link.replace(&path(&one), &path(&elsewhere))).await.status, 404);
        assert_eq!(agent.delete(&format!("{}/nonsense", links(&one))).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_link_to_what_one_does_not_see_is_not_there() {
    desk(async |desk| {
        let (agent, caller, admin) = (desk.person("agent").await, desk.person("requester").await, desk.person("admin").await);
        let (secret, open) = (raised(&admin, "canary").await, raised(&caller, "open").await);
        let third = raised(&caller, "third").await;
        let made = admin.post(&links(&open), json!({"kind": "relates", "ticket": secret["id"]})).await.json();
        admin.post(&links(&open), json!({"kind": "causes", "ticket": third["id"]})).await;
        let hr = desk.team("HR", true).await;
        desk.execute(&format!("update tickets set restricted_to = '{hr}' where id = '{}'", secret["id"].as_str().unwrap())).await;
        for person in [&agent, &caller] {
            let page = person.get(&format!("{}?limit=1", links(&open))).await;
            assert_eq!((each(&page.json(), "kind"), &page.json()["next"]), (vec!["causes".to_owned()], &json!(null)));
            for reply in [page, person.get(&format!("{}/history", path(&open))).await] {
                assert!(!reply.body.contains(secret["id"].as_str().unwrap()) && !reply.body.contains("canary"), "{}", reply.body);
            }
        }
        assert_eq!(agent.post(&links(&open), json!({"kind": "duplicates", "ticket": secret["number"]})).await.status, 422);
        assert_eq!(agent.delete(&format!("{}/{}", links(&open), made["id"].as_str().unwrap())).await.status, 404);
        assert_eq!(admin.get(&links(&open)).await.json()["items"].as_array().unwrap().len(), 2);
    })
    .await;
}
