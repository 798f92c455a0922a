//! Who may not see a ticket finds no trace of it, by whatever route, and who may not write does not, by whatever means.
use http::Method;
use serde_json::{Value, json};
use testkit::{Desk, Person, desk};

/// A word that nobody else's ticket has.
const WORD: &str = "canary-7c1f";

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// An incident of this requester with a history that holds the word.
async fn secret(agent: &Person<'_>, caller: &Person<'_>) -> Value {
    let new = json!({"short_description": WORD, "caller_id": caller.id, "custom": {WORD: WORD}});
    let raised = agent.post("/v1/incidents", new).await;
    assert_eq!(raised.status, 201, "{}", raised.body);
    let path = format!("/v1/incidents/{}", text(&raised.json()["id"]));
    assert_eq!(agent.patch(&path, json!({"description": WORD})).await.status, 200);
    let step = json!({"to": "on_hold", "hold_reason": "caller", "comment": WORD});
    assert_eq!(agent.post(&format!("{path}/transitions"), step).await.status, 200);
    raised.json()
}

async fn restrict(desk: &Desk, ticket: &Value, members: &[&Person<'_>]) {
    let team = desk.team("HR", true).await;
    desk.execute(&format!("update tickets set restricted_to = '{team}' where id = '{}'", text(&ticket["id"]))).await;
    for member in members {
        desk.execute(&format!("insert into team_members values ('{team}', '{}')", member.id)).await;
    }
}

/// That no route tells this person anything of the ticket.
async fn finds_nothing(person: &Person<'_>, ticket: &Value, who: &str) {
    let missing = person.get("/v1/incidents/INC9999999").await.json();
    for name in [text(&ticket["id"]), text(&ticket["number"])] {
        let path = format!("/v1/incidents/{name}");
        for (method, path, body) in [
            (Method::GET, path.clone(), None),
            (Method::GET, format!("{path}/history"), None),
            (Method::GET, format!("{path}/transitions"), None),
            (Method::PATCH, path.clone(), Some(json!({"short_description": "mine"}))),
            (Method::PATCH, path.clone(), Some(json!({}))),
            (Method::POST, format!("{path}/transitions"), Some(json!({"to": "canceled"}))),
            (Method::POST, format!("{path}/transitions"), Some(json!({"to": "closed"}))),
            (Method::GET, format!("{path}/comments"), None),
            (Method::POST, format!("{path}/comments"), Some(json!({"body": "x"}))),
            (Method::GET, format!("{path}/watchers"), None),
            (Method::PUT, format!("{path}/watchers/me"), None),
            (Method::DELETE, format!("{path}/watchers/me"), None),
            (Method::GET, format!("{path}/links"), None),
            (Method::POST, format!("{path}/links"), Some(json!({"kind": "relates", "ticket": name}))),
            (Method::DELETE, format!("{path}/links/{}", person.id), None),
            (Method::GET, format!("{path}/children"), None),
            (Method::POST, format!("{path}/merge"), Some(json!({"into": name}))),
        ] {
            let headers = [("if-match", "\"1\""), ("if-none-match", "*"), ("idempotency-key", "k")];
            let reply = person.send(method.clone(), &path, &headers, body.map(|body| body.to_string().into_bytes())).await;
            let problem = reply.json();
            assert_eq!((reply.status, &problem["detail"]), (404, &missing["detail"]), "{who}: {method} {path}: {}", reply.body);
            assert!(reply.header("etag").is_none() && !reply.body.contains(WORD));
        }
    }
    for path in ["/v1/incidents", "/v1/incidents?state=on_hold", "/v1/incidents?sort=updated_at&priority=5", "/v1/events?limit=200"] {
        let reply = person.get(path).await;
        assert_eq!(reply.status, 200);
        for trace in [WORD, text(&ticket["id"]), text(&ticket["number"])] {
            assert!(!reply.body.contains(trace), "{who}: {path} shows {trace}");
        }
    }
}

#[tokio::test]
async fn what_is_not_theirs_leaves_no_trace() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let ticket = secret(&agent, &caller).await;
        let stranger = desk.person("requester").await;
        finds_nothing(&stranger, &ticket, "a requester").await;

        let (inside, requester_inside) = (desk.person("agent").await, desk.person("requester").await);
        restrict(desk, &ticket, &[&inside, &requester_inside]).await;
        for role in ["agent", "manager", "auditor", "requester"] {
            finds_nothing(&desk.person(role).await, &ticket, role).await;
        }
        // Being on the team is for those who work there.
        finds_nothing(&requester_inside, &ticket, "a requester on the team").await;
        finds_nothing(&agent, &ticket, "who raised it for somebody else").await;
        for sees in [&inside, &caller, &desk.person("admin").await] {
            for path in [
                format!("/v1/incidents/{}", text(&ticket["number"])),
                format!("/v1/incidents/{}/history", text(&ticket["id"])),
                "/v1/incidents".into(),
            ] {
                let reply = sees.get(&path).await;
                assert!(reply.status == 200 && reply.body.contains(WORD), "{path}: {}", reply.body);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_repeat_of_what_one_did_shows_nothing_after_one_is_out() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let (headers, new) = ([("idempotency-key", "k")], json!({"short_description": WORD, "caller_id": caller.id}));
        let ticket = agent.post_with("/v1/incidents", &headers, new.clone()).await.json();
        let path = format!("/v1/incidents/{}/transitions", text(&ticket["id"]));
        let step = json!({"to": "in_progress", "assigned_to": agent.id});
        assert_eq!(agent.post_with(&path, &headers, step.clone()).await.status, 200);
        restrict(desk, &ticket, &[&agent]).await;
        assert_eq!(agent.post_with("/v1/incidents", &headers, new.clone()).await.status, 201);
        assert_eq!(agent.post_with(&path, &headers, step.clone()).await.status, 200);

        desk.execute("delete from team_members").await;
        for (path, body) in [("/v1/incidents", &new), (path.as_str(), &step)] {
            let reply = agent.post_with(path, &headers, body.clone()).await;
            assert_eq!(reply.status, 404, "{path}: {}", reply.body);
            assert!(!reply.body.contains(WORD));
        }
        desk.execute(&format!("update users set role = 'auditor' where id = '{}'", agent.id)).await;
        assert_eq!(agent.post_with("/v1/incidents", &headers, new).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn an_auditor_and_a_demoted_agent_write_nothing() {
    desk(async |desk| {
        let (agent, auditor, demoted) = (desk.person("agent").await, desk.person("auditor").await, desk.person("agent").await);
        let ticket = secret(&agent, &desk.person("requester").await).await;
        let theirs = secret(&agent, &auditor).await;
        // The token still says agent.
        desk.execute(&format!("update users set role = 'auditor' where id = '{}'", demoted.id)).await;
        let before = desk.rows("select row_to_json(t)::text from tickets t order by id").await;
        for person in [&auditor, &demoted] {
            for ticket in [&ticket, &theirs] {
                let path = format!("/v1/incidents/{}", text(&ticket["id"]));
                assert_eq!(person.get(&path).await.status, 200);
                let items = person.get(&format!("{path}/transitions")).await.json()["items"].clone();
                assert_eq!(items, json!([]));
                for (field, value) in
                    [("short_description", json!("mine")), ("impact", json!(1)), ("custom", json!({"a": 1})), ("assigned_to", json!(person.id))]
                {
                    assert_eq!(person.patch(&path, json!({field: value})).await.status, 403, "{field}");
                }
                for to in ["in_progress", "canceled"] {
                    assert_eq!(person.post(&format!("{path}/transitions"), json!({"to": to, "assigned_to": person.id})).await.status, 403, "{to}");
                }
            }
            assert_eq!(person.post("/v1/incidents", json!({"short_description": "x"})).await.status, 403);
            assert_eq!(person.post("/v1/categories", json!({"name": "x"})).await.status, 403);
            assert_eq!(person.patch("/v1/settings", json!({"auto_close_days": 0})).await.status, 403);
        }
        assert_eq!(desk.rows("select row_to_json(t)::text from tickets t order by id").await, before);
        assert_eq!(desk.rows("select version::text from settings").await, ["1"]);
    })
    .await;
}

#[tokio::test]
async fn a_requester_gets_no_further_than_their_own() {
    desk(async |desk| {
        let (requester, other) = (desk.person("requester").await, desk.person("requester").await);
        let team = desk.team("Network", false).await;
        for (field, value) in
            [("caller_id", json!(other.id)), ("assignment_group", json!(team)), ("assigned_to", json!(requester.id)), ("major", json!(true))]
        {
            let mut new = json!({"short_description": "x"});
            new[field] = value;
            assert_eq!(requester.post("/v1/incidents", new).await.status, 403, "{field}");
        }
        let ticket = requester.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        let path = format!("/v1/incidents/{}", text(&ticket["id"]));
        for field in ["caller_id", "assigned_to", "assignment_group", "impact", "custom", "major"] {
            assert_eq!(requester.patch(&path, json!({field: 1})).await.status, 403, "{field}");
        }
        for to in ["in_progress", "on_hold", "resolved"] {
            let step = json!({"to": to, "assigned_to": requester.id, "hold_reason": "vendor", "close_code": "x", "close_notes": "x"});
            assert_eq!(requester.post(&format!("{path}/transitions"), step).await.status, 403, "{to}");
        }
        assert_eq!(requester.post(&format!("{path}/transitions"), json!({"to": "canceled", "assigned_to": requester.id})).await.status, 403);

        // A watcher reads, and no more.
        desk.execute(&format!("insert into watchers values ('{}', '{}')", text(&ticket["id"]), other.id)).await;
        assert_eq!(other.get(&path).await.status, 200);
        assert_eq!(other.patch(&path, json!({"short_description": "mine"})).await.status, 403);
        assert_eq!(other.post(&format!("{path}/transitions"), json!({"to": "canceled"})).await.status, 403);
        assert_eq!(desk.rows("select version || short_description || state from tickets").await, ["1xnew"]);
    })
    .await;
}
