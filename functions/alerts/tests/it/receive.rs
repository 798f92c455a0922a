//! `POST /v1/alerts`
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::desk;

/// A group as Alertmanager sends it, of these instances.
fn group(status: &str, firing: &[&str]) -> Value {
    let alert = |instance: &&str| {
        json!({"status": "firing", "labels": {"alertname": "FunctionDown", "instance": instance, "severity": "critical"},
               "annotations": {"summary": format!("{instance} does not answer.")}, "startsAt": "2026-01-02T03:04:05Z", "endsAt": "0001-01-01T00:00:00Z",
               "generatorURL": "http://prometheus:9090/", "fingerprint": "c0ffee"})
    };
    let mut alerts: Vec<Value> = firing.iter().map(alert).collect();
    if alerts.is_empty() {
        alerts.push(json!({"status": "resolved", "labels": {"alertname": "FunctionDown"}}));
    }
    json!({"version": "4", "groupKey": "{}:{alertname=\"FunctionDown\"}", "truncatedAlerts": 0, "status": status, "receiver": "critical", "externalURL": "http://x/",
           "groupLabels": {"alertname": "FunctionDown"}, "commonLabels": {"alertname": "FunctionDown", "severity": "critical"},
           "commonAnnotations": {"runbook": "docs/RUNBOOKS.md#functiondown"}, "alerts": alerts})
}

#[tokio::test]
async fn a_group_has_one_incident_while_it_is_open() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let opened = agent.post("/v1/alerts", group("firing", &["auth:8080"])).await;
        assert_eq!((opened.status, &opened.json()["outcome"]), (201, &json!("opened")), "{}", opened.body);
        let path = format!("/v1/incidents/{}", opened.json()["incident_id"].as_str().unwrap());
        let incident = agent.get(&path).await.json();
        assert_eq!(incident["short_description"], "FunctionDown: auth:8080 does not answer.");
        assert_eq!((&incident["priority"], &incident["channel"], &incident["state"]), (&json!(1), &json!("monitoring"), &json!("new")));
        let description = incident["description"].as_str().unwrap();
        assert!(description.contains("runbook: docs/RUNBOOKS.md#functiondown") && description.contains("instance=auth:8080"), "{description}");

        // The same again changes nothing; another instance is a work note, and so is the end.
        let outcomes = [
            ("firing", &["auth:8080"][..]),
            ("firing", &["auth:8080", "users:8080"]),
            ("firing", &["users:8080", "auth:8080"]),
            ("resolved", &[]),
            ("resolved", &[]),
        ];
        for ((status, firing), expected) in outcomes.into_iter().zip(["unchanged", "noted", "unchanged", "noted", "unchanged"]) {
            let reply = agent.post("/v1/alerts", group(status, firing)).await;
            assert_eq!(
                (reply.status, &reply.json()["outcome"], &reply.json()["number"]),
                (200, &json!(expected), &incident["number"]),
                "{}",
                reply.body
            );
        }
        let notes = agent.get(&format!("{path}/comments")).await.json();
        let notes: Vec<&str> = notes["items"].as_array().unwrap().iter().map(|note| note["body"].as_str().unwrap()).collect();
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("users:8080")) && notes.contains(&"No alert of this group fires any more."), "{notes:?}");

        // Once it is over, the next alert is a new one that is linked to it.
        let canceled = agent.post(&format!("{path}/transitions"), json!({"to": "canceled"})).await;
        assert_eq!(canceled.status, 200, "{}", canceled.body);
        let next = agent.post("/v1/alerts", group("firing", &["auth:8080"])).await;
        assert_eq!(next.status, 201, "{}", next.body);
        assert_ne!(next.json()["number"], incident["number"]);
        let links = agent.get(&format!("{path}/links")).await;
        assert!(links.body.contains(next.json()["number"].as_str().unwrap()), "{}", links.body);
        assert_eq!(desk.rows("select count(*)::text from tickets").await, ["2"]);
        desk.work().await; // their clocks
    })
    .await;
}

#[tokio::test]
async fn many_at_once_open_one() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let posts = (0..8).map(|_| agent.post("/v1/alerts", group("firing", &["auth:8080"])));
        let mut outcomes = Vec::new();
        for reply in join_all(posts).await {
            assert!(matches!(reply.status, 200 | 201), "{}", reply.body);
            assert_eq!(desk.rows("select id::text from tickets").await, [reply.json()["incident_id"].as_str().unwrap()]);
            outcomes.push(reply.status);
        }
        outcomes.sort_unstable();
        assert_eq!(outcomes, [200, 200, 200, 200, 200, 200, 200, 201]);
        assert_eq!(desk.rows("select count(*)::text from tickets").await, ["1"]);
        desk.work().await;
    })
    .await;
}

/// Who may not see it is not told of it, and yet its team hears what fires.
#[tokio::test]
async fn what_fires_is_noted_on_an_incident_that_its_sender_may_not_see() {
    desk(async |desk| {
        let (agent, admin) = (desk.person("agent").await, desk.person("admin").await);
        let team = desk.team("Security", true).await;
        let opened = agent.post("/v1/alerts", group("firing", &["auth:8080"])).await.json();
        let id = opened["incident_id"].as_str().unwrap();
        desk.execute(&format!("update tickets set restricted_to = '{team}', caller_id = '{}'", admin.id)).await;
        assert_eq!(agent.get(&format!("/v1/incidents/{id}")).await.status, 404);
        let noted = json!({"outcome": "noted", "incident_id": null, "number": null});
        for (status, names) in [("firing", vec!["auth:8080", "users:8080"]), ("resolved", vec![])] {
            assert_eq!(agent.post("/v1/alerts", group(status, &names)).await.json(), noted, "{status}");
        }
        let notes = "select visibility || ' ' || u.name || ' ' || split_part(body, E'\n', 1) from comments c join users u on u.id = c.author_id order by c.id";
        assert_eq!(
            desk.rows(notes).await,
            ["work_note Alerts What fires has changed.", "work_note Alerts No alert of this group fires any more."]
        );
        assert_eq!(desk.rows("select coalesce(actor_id::text, 'nobody') from events where verb = 'commented'").await, ["nobody", "nobody"]);
        desk.work().await;
    })
    .await;
}

#[tokio::test]
async fn a_map_may_be_null_a_key_long_and_a_group_without_what_fires_opens_nothing() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let mut sent = group("firing", &["auth:8080"]);
        sent["groupKey"] = "\u{4e00}\u{0}x".repeat(3000).into();
        sent["commonLabels"] = json!(null);
        sent["commonAnnotations"] = json!(null);
        assert_eq!(agent.post("/v1/alerts", sent.clone()).await.status, 201);
        assert_eq!(agent.post("/v1/alerts", sent.clone()).await.json()["outcome"], "unchanged");
        sent["groupKey"] = json!("another");
        sent["alerts"][0]["status"] = json!("resolved");
        assert_eq!(agent.post("/v1/alerts", sent).await.json(), json!({"outcome": "unchanged", "incident_id": null, "number": null}));
        assert_eq!(desk.rows("select count(*)::text from tickets").await, ["1"]);
        desk.work().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_a_group_is_refused() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        assert_eq!(
            agent.post("/v1/alerts", group("resolved", &[])).await.json(),
            json!({"outcome": "unchanged", "incident_id": null, "number": null})
        );
        for (pointer, key, value) in [("/groupKey", "groupKey", json!("")), ("/alerts", "alerts", json!([])), ("/status", "status", json!("x"))] {
            let mut sent = group("firing", &["auth:8080"]);
            sent[key] = value;
            let reply = agent.post("/v1/alerts", sent).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{}", reply.body);
        }
        assert_eq!(desk.rows("select count(*)::text from tickets").await, ["0"]);
        // A long summary and line breaks in it make no other incident than one of a line.
        let mut sent = group("firing", &["auth:8080"]);
        sent["commonAnnotations"]["summary"] = format!("a\nb {}", "x".repeat(300)).into();
        let opened = agent.post("/v1/alerts", sent).await;
        assert_eq!(opened.status, 201, "{}", opened.body);
        let title = agent.get(&format!("/v1/incidents/{}", opened.json()["incident_id"].as_str().unwrap())).await.json()["short_description"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(title.starts_with("FunctionDown: a b x") && title.chars().count() == 160, "{title}");
        // More than an incident can say is cut.
        let mut sent = group("firing", &["auth:8080", "users:8080"]);
        sent["commonAnnotations"]["description"] = "é".repeat(70_000).into();
        assert_eq!(agent.post("/v1/alerts", sent).await.json()["outcome"], "noted");
        desk.work().await;
    })
    .await;
}
