//! The filters of `GET /v1/events`
use serde_json::{Value, json};
use testkit::{Desk, Person, desk};

/// Verbs and short descriptions of what a query finds.
async fn found(person: &Person<'_>, query: &str) -> Vec<String> {
    let reply = person.get(&format!("/v1/events?{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    let name = |event: &Value| format!("{} {}", event["verb"].as_str().unwrap(), event["number"].as_str().unwrap_or("-"));
    reply.json()["items"].as_array().unwrap().iter().map(name).collect()
}

async fn raised(desk: &Desk, by: &Person<'_>) -> Value {
    let raised = by.post("/v1/incidents", json!({"short_description": "x"})).await;
    desk.settle().await;
    raised.json()
}

#[tokio::test]
async fn each_filter_alone_and_all_together() {
    desk(async |desk| {
        let (agent, admin) = (desk.person("agent").await, desk.person("admin").await);
        let (first, second) = (raised(desk, &agent).await, raised(desk, &admin).await);
        let (id, number) = (first["id"].as_str().unwrap(), first["number"].as_str().unwrap());
        let other = second["number"].as_str().unwrap();
        agent.patch(&format!("/v1/incidents/{other}"), json!({"impact": 1})).await;
        admin.patch("/v1/settings", json!({"auto_close_days": 5})).await;
        let (created, patched, settings) = ([number, other].map(|of| format!("created {of}")), format!("updated {other}"), "updated -".to_owned());

        for ticket in [id, number] {
            assert_eq!(found(&agent, &format!("ticket={ticket}")).await, created[..1]);
        }
        assert_eq!(found(&agent, "verb=created").await, created);
        assert_eq!(found(&agent, "verb=no_such").await, [""; 0]);
        assert_eq!(found(&agent, "subject=settings").await, [settings.as_str()]);
        assert_eq!(found(&agent, &format!("actor={}", agent.id)).await, [created[0].clone(), patched.clone()]);
        assert_eq!(found(&agent, &format!("actor={}&verb=updated&ticket={other}&subject=incident", agent.id)).await, [patched.as_str()]);

        let at = desk.rows("select to_char(at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from events order by seq").await;
        assert_eq!(found(&agent, &format!("at_from={}", at[1])).await, [created[1].clone(), patched, settings]);
        assert_eq!(found(&agent, &format!("at_to={}", at[1])).await, created[..1]);
        assert_eq!(found(&agent, &format!("at_from={}&at_to={}", at[1], at[2])).await, created[1..]);
        assert_eq!(found(&agent, "at_from=0001-01-01T00:00:00Z&at_to=9999-01-01T00:00:00%2B01:00").await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_filter_lose_nothing_and_come_to_an_end() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let mut numbers = Vec::new();
        for _ in 0..5 {
            numbers.push(raised(desk, &agent).await["number"].as_str().unwrap().to_owned());
            agent.patch(&format!("/v1/incidents/{}", numbers[0]), json!({"location": numbers.len().to_string()})).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let body = agent.get(&format!("/v1/events?verb=created&limit=2{cursor}")).await.json();
            seen.extend(body["items"].as_array().unwrap().iter().map(|event| event["number"].as_str().unwrap().to_owned()));
            let next = format!("&cursor={}", body["next"].as_str().unwrap());
            if next == cursor {
                break;
            }
            cursor = next;
        }
        assert_eq!(seen, numbers);
    })
    .await;
}

/// Nor does the cursor tell whether there is such a ticket.
#[tokio::test]
async fn a_ticket_that_one_may_not_see_is_like_one_that_is_not_there() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let number = raised(desk, &agent).await["number"].as_str().unwrap().to_owned();
        let missing = requester.get("/v1/events?ticket=INC9999999").await.json();
        let unseen = requester.get(&format!("/v1/events?ticket={number}")).await.json();
        assert_eq!(unseen, missing);
        assert_eq!(unseen["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_filter_is_a_bad_request() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let token = format!("access_token={}", admin.token.clone().unwrap());
        for query in [
            "ticket=",
            "ticket=a%20b",
            "ticket=%00",
            "verb=",
            "verb=Created",
            "verb=a%00",
            "subject=%27",
            "actor=me",
            "actor=",
            "at_from=yesterday",
            "at_to=2026-02-30T00:00:00Z",
            "at_from=-000001-01-01T00:00:00Z",
            "at_from=0000-12-31T00:00:00Z",
            "at_from=2026-01-01",
            "hold=1",
            "no_such=1",
            "verb=a&verb=b",
            &token,
        ] {
            let reply = admin.get(&format!("/v1/events?{query}")).await;
            assert_eq!((reply.status, reply.problem().as_str()), (400, "bad-request"), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_work_note_does_not_move_the_position_of_whom_it_is_hidden_from() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let number = raised(desk, &caller).await["number"].as_str().unwrap().to_owned();
        let position =
            async |cursor: &str| caller.get(&format!("/v1/events?ticket={number}{cursor}")).await.json()["next"].as_str().unwrap().to_owned();
        let before = position("").await;
        let note = json!({"body": "x", "visibility": "work_note"});
        assert_eq!(agent.post(&format!("/v1/incidents/{number}/comments"), note).await.status, 201);
        desk.settle().await;
        assert_eq!(position(&format!("&cursor={before}")).await, before);
        assert_eq!(caller.post(&format!("/v1/incidents/{number}/comments"), json!({"body": "x"})).await.status, 201);
        desk.settle().await;
        assert_ne!(position(&format!("&cursor={before}")).await, before);
    })
    .await;
}
