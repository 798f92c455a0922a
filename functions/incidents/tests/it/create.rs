//! `POST /v1/incidents`
use incidents::incident::Incident;
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn a_report_becomes_an_incident_with_its_event() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let reply = agent.post("/v1/incidents", json!({"short_description": "E-mail does not send", "impact": 2, "urgency": 1})).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        let incident: Incident = serde_json::from_str(&reply.body).unwrap();
        assert_eq!((incident.priority, incident.version, incident.caller_id), (2, 1, agent.id));
        assert!(incident.number.starts_with("INC") && incident.number.len() >= 10);
        assert_eq!(reply.header("etag"), Some("\"1\""));
        assert_eq!(reply.header("location"), Some(format!("/v1/incidents/{}", incident.id).as_str()));
        let events = desk.rows(&format!("select verb || ' ' || version || ' ' || actor_id from events where ticket_id = '{}'", incident.id)).await;
        assert_eq!(events, [format!("created 1 {}", agent.id)]);
    })
    .await;
}

#[tokio::test]
async fn every_cell_of_the_priority_matrix() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        for (impact, urgency, priority) in [(1, 1, 1), (1, 2, 2), (2, 1, 2), (1, 3, 3), (2, 2, 3), (3, 1, 3), (2, 3, 4), (3, 2, 4), (3, 3, 5)] {
            let reply = agent.post("/v1/incidents", json!({"short_description": "x", "impact": impact, "urgency": urgency})).await;
            assert_eq!(reply.json()["priority"], priority, "{impact} {urgency}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_requester_raises_for_themselves_and_assigns_nobody() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let team = desk.team("Network", false).await;
        let own = requester.post("/v1/incidents", json!({"short_description": "x", "caller_id": requester.id})).await;
        assert_eq!(own.status, 201, "{}", own.body);
        for more in [json!({"caller_id": agent.id}), json!({"assignment_group": team}), json!({"assigned_to": agent.id}), json!({"major": true})] {
            let mut body = json!({"short_description": "x"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let reply = requester.post("/v1/incidents", body).await;
            assert_eq!((reply.status, reply.problem().as_str()), (403, "forbidden"), "{more}");
            assert_eq!(agent.post("/v1/incidents", json!({"short_description": "x", "caller_id": requester.id})).await.status, 201);
        }
        let auditor = desk.person("auditor").await;
        assert_eq!(auditor.post("/v1/incidents", json!({"short_description": "x"})).await.status, 403);
        assert_eq!(desk.nobody().post("/v1/incidents", json!({"short_description": "x"})).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn each_invalid_field_is_pointed_at() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let none = "00000000-0000-7000-8000-000000000000";
        for (pointer, field) in [
            ("/short_description", json!({"short_description": ""})),
            ("/short_description", json!({"short_description": "x".repeat(161)})),
            ("/short_description", json!({"short_description": 7})),
            ("/description", json!({"description": "x".repeat(65_537)})),
            ("/impact", json!({"impact": 4})),
            ("/urgency", json!({"urgency": 0})),
            ("/category", json!({"category": "Nonsense"})),
            ("/channel", json!({"channel": "pigeon"})),
            ("/caller_id", json!({"caller_id": none})),
            ("/assignment_group", json!({"assignment_group": none})),
            ("/assigned_to", json!({"assigned_to": "me"})),
        ] {
            let mut body = json!({"short_description": "x"});
            body.as_object_mut().unwrap().extend(field.as_object().unwrap().clone());
            let reply = agent.post("/v1/incidents", body).await;
            assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid"), "{field} {}", reply.body);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{}", reply.body);
        }
        let unknown = agent.post("/v1/incidents", json!({"short_description": "x", "state": "closed"})).await;
        assert_eq!((unknown.status, unknown.problem().as_str()), (400, "bad-request"));
        assert!(desk.rows("select id::text from tickets").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn bodies_that_are_not_json_or_too_large_are_refused() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let post = async |headers: &[(&str, &str)], body: Vec<u8>| agent.send(http::Method::POST, "/v1/incidents", headers, Some(body)).await;
        assert_eq!(post(&[], b"{\"short_description\": ".to_vec()).await.problem(), "bad-request");
        assert_eq!(post(&[], b"\xff\xfe".to_vec()).await.problem(), "bad-request");
        assert_eq!(post(&[("content-type", "text/plain")], b"{}".to_vec()).await.problem(), "unsupported-media-type");
        assert_eq!(post(&[], b"[]".to_vec()).await.problem(), "invalid");
        assert_eq!(post(&[], br#"{"short_description": "a\u0000b"}"#.to_vec()).await.problem(), "invalid");
        let large = post(&[], format!(r#"{{"description": "{}"}}"#, "x".repeat(1024 * 1024)).into_bytes()).await;
        assert_eq!((large.status, large.problem().as_str()), (413, "too-large"));
    })
    .await;
}

#[tokio::test]
async fn a_repeated_key_gets_the_same_answer_and_has_no_second_effect() {
    desk(async |desk| {
        let (agent, other) = (desk.person("agent").await, desk.person("agent").await);
        let key = [("idempotency-key", "order-66")];
        let body = json!({"short_description": "once"});
        let first = agent.post_with("/v1/incidents", &key, body.clone()).await;
        let again = agent.post_with("/v1/incidents", &key, body.clone()).await;
        assert_eq!((first.status, &first.body, first.header("location")), (again.status, &again.body, again.header("location")));
        let changed = agent.post_with("/v1/incidents", &key, json!({"short_description": "twice"})).await;
        assert_eq!((changed.status, changed.problem().as_str()), (422, "invalid"));
        assert_ne!(other.post_with("/v1/incidents", &key, body.clone()).await.body, first.body);
        assert_eq!(agent.post_with("/v1/incidents", &[("idempotency-key", "")], body).await.status, 400);
        assert_eq!(desk.rows("select count(*)::text from tickets").await, ["2"]);
        assert_eq!(desk.rows("select count(*)::text from events").await, ["2"]);
    })
    .await;
}

#[tokio::test]
async fn a_part_of_another_one_level_deep_and_only_of_what_one_sees() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let admin = desk.person("admin").await;
        let parent = admin.post("/v1/incidents", json!({"short_description": "all mail is down"})).await.json();
        let new = |parent: &serde_json::Value| json!({"short_description": "x", "parent_id": parent["id"]});
        let child = agent.post("/v1/incidents", new(&parent)).await;
        assert_eq!((child.status, &child.json()["parent_id"]), (201, &parent["id"]));
        assert_eq!(requester.post("/v1/incidents", new(&parent)).await.status, 403);
        let refused = async |body: serde_json::Value| {
            let reply = agent.post("/v1/incidents", body).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/parent_id")), "{}", reply.body);
            reply.json()["errors"][0]["detail"].as_str().unwrap().to_owned()
        };
        assert!(refused(new(&child.json())).await.contains("one level"));
        let missing = refused(json!({"short_description": "x", "parent_id": "00000000-0000-7000-8000-000000000000"})).await;
        let team = desk.team("HR", true).await;
        desk.execute(&format!("update tickets set restricted_to = '{team}' where id = '{}'", parent["id"].as_str().unwrap())).await;
        assert_eq!(refused(new(&parent)).await, missing);
        // What names an unseen incident does not name it to those who do not see it.
        let path = format!("/v1/incidents/{}", child.json()["id"].as_str().unwrap());
        assert_eq!(agent.patch(&path, json!({"location": "here"})).await.json()["parent_id"], json!(null));
        assert_eq!(admin.patch(&path, json!({"location": "there"})).await.json()["parent_id"], parent["id"]);
    })
    .await;
}

#[tokio::test]
async fn it_goes_to_somebody_who_can_work_on_it() {
    desk(async |desk| {
        let (agent, requester, gone) = (desk.person("agent").await, desk.person("requester").await, desk.person("agent").await);
        desk.execute(&format!("update users set active = false where id = '{}'", gone.id)).await;
        for person in [&requester, &gone, &desk.person("auditor").await] {
            let reply = agent.post("/v1/incidents", json!({"short_description": "x", "assigned_to": person.id})).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/assigned_to")), "{}", reply.body);
        }
        // A repeat is answered as before, whatever became of whom it was given to.
        let other = desk.person("agent").await;
        let (key, body) = ([("idempotency-key", "k")], json!({"short_description": "x", "assigned_to": other.id}));
        let first = agent.post_with("/v1/incidents", &key, body.clone()).await;
        desk.execute(&format!("update users set active = false where id = '{}'", other.id)).await;
        let again = agent.post_with("/v1/incidents", &key, body.clone()).await;
        assert_eq!((first.status, first.body), (again.status, again.body));
        assert_eq!(agent.post("/v1/incidents", body).await.status, 422);
    })
    .await;
}
