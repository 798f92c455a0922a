//! `GET /v1/incidents/{id}/history`
use serde_json::{Value, json};
use testkit::desk;

use crate::{path, raised};

#[tokio::test]
async fn who_did_what_oldest_first_page_by_page() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        agent.patch(&path(&incident), json!({"impact": 1})).await;
        agent.post(&format!("{}/transitions", path(&incident)), json!({"to": "on_hold", "hold_reason": "caller", "comment": "Which floor?"})).await;
        let (mut verbs, mut url) = (Vec::new(), format!("{}/history?limit=3", path(&incident)));
        loop {
            let body = agent.get(&url).await.json();
            for item in body["items"].as_array().unwrap() {
                assert_eq!(item["actor"], "A agent");
                verbs.push(item["verb"].as_str().unwrap().to_owned());
            }
            let Some(next) = body["next"].as_str() else { break };
            assert_eq!(body["items"].as_array().unwrap().len(), 3);
            url = format!("{}/history?limit=3&cursor={next}", path(&incident));
        }
        assert_eq!(verbs, ["created", "updated", "on_hold", "commented"]);
        let foreign = raised(&agent, "y").await;
        let cursor = agent.get(&format!("{}/history?limit=1", path(&incident))).await.json()["next"].as_str().unwrap().to_owned();
        assert_eq!(agent.get(&format!("{}/history?cursor={cursor}", path(&foreign))).await.status, 400);
        let empty = agent.get(&format!("{}/history", path(&foreign))).await.json();
        assert_eq!((empty["items"].as_array().unwrap().len(), &empty["next"]), (1, &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn a_requester_never_sees_a_work_note() {
    desk(async |desk| {
        let requester = desk.person("requester").await;
        let incident = raised(&requester, "x").await;
        let id = incident["id"].as_str().unwrap();
        desk.execute(&format!(
            "insert into events (at, ticket_id, subject, verb, visibility, changes) values (now(), '{id}', 'incident', 'commented', 'work_note', '{{\"comment\": [null, \"canary\"]}}')"
        ))
        .await;
        let seen = requester.get(&format!("{}/history", path(&incident))).await;
        assert!(seen.status == 200 && !seen.body.contains("canary"));
        assert!(!requester.get("/v1/events").await.body.contains("canary"));
        let agent = desk.person("agent").await;
        assert!(agent.get(&format!("{}/history", path(&incident))).await.body.contains("canary"));
    })
    .await;
}

#[tokio::test]
async fn a_person_reads_names_and_finds_no_trace_of_what_they_do_not_see() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let team = desk.team("Network", false).await;
        let (incident, other) = (raised(&requester, "x").await, raised(&agent, "y").await);
        agent.patch(&path(&incident), json!({"assignment_group": team, "impact": 1, "parent_id": other["id"]})).await;
        agent.post(&format!("{}/comments", path(&incident)), json!({"body": "Look at this", "visibility": "work_note"})).await;
        let last = |person: Value, at: usize| person["items"].as_array().unwrap().iter().rev().nth(at).unwrap().clone();
        let history = format!("{}/history", path(&incident));
        let seen = agent.get(&history).await.json();
        assert_eq!(last(seen.clone(), 0)["summary"], "Look at this");
        let number = other["number"].as_str().unwrap();
        let updated = last(seen.clone(), 1);
        let summary = format!("assignment group: none → Network; impact: 3 → 1; parent: none → {number}; priority: 5 → 3; reassignment count: 0 → 1");
        assert_eq!(updated["summary"], summary);
        assert_eq!(updated["names"], json!({team.to_string(): "Network", other["id"].as_str().unwrap(): number}));
        let created = &seen["items"][0]["summary"];
        assert!(created.as_str().unwrap().contains("short description: x") && created.as_str().unwrap().contains("caller: A requester"), "{created}");

        let theirs = requester.get(&history).await;
        let updated = last(theirs.json(), 0);
        assert_eq!((&updated["verb"], &updated["changes"]["parent_id"]), (&json!("updated"), &json!([null, null])));
        for trace in [number, other["id"].as_str().unwrap(), "Look at this"] {
            assert!(!theirs.body.contains(trace), "{}", theirs.body);
        }
    })
    .await;
}
