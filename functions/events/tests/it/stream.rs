//! `GET /v1/events` with `Accept: text/event-stream`
use serde_json::{Value, json};
use testkit::{Person, Reply, desk};

const STREAM: (&str, &str) = ("accept", "text/event-stream");

/// One event of a stream: its id, its name, its data.
type Event = (String, String, Value);

async fn streamed(person: &Person<'_>, query: &str, headers: &[(&str, &str)]) -> Reply {
    person.get_with(&format!("/v1/events?hold=0{query}"), &[&[STREAM], headers].concat()).await
}

/// As a client reads it: the events, and the last id, which may have come alone.
fn read(reply: &Reply) -> (Vec<Event>, String) {
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/event-stream")), "{}", reply.body);
    let blocks = reply.body.strip_prefix("retry: 1000\n\n").unwrap();
    let (mut events, mut last) = (Vec::new(), String::new());
    for block in blocks.split_terminator("\n\n") {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        last = field("id: ").unwrap_or_else(|| panic!("no id: {block}"));
        if let Some(data) = field("data: ") {
            events.push((last.clone(), field("event: ").unwrap(), serde_json::from_str(&data).unwrap()));
        }
    }
    (events, last)
}

#[tokio::test]
async fn events_have_ids_after_which_one_may_go_on() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = agent.post("/v1/incidents", json!({"short_description": "x", "description": "line\nfeed"})).await.json();
        agent.patch(&format!("/v1/incidents/{}", incident["number"].as_str().unwrap()), json!({"impact": 1})).await;
        let (events, last) = read(&streamed(&agent, "&limit=1", &[]).await);
        assert_eq!(events.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>(), ["created", "updated"]);
        let listed = agent.get("/v1/events").await.json();
        assert_eq!(events.iter().map(|(_, _, data)| data).collect::<Vec<_>>(), listed["items"].as_array().unwrap().iter().collect::<Vec<_>>());
        assert_eq!(listed["next"], last);

        // An id is a cursor, and goes before the one in the address, with which a client comes back.
        let first = events[0].0.as_str();
        let after = [read(&streamed(&agent, "", &[("last-event-id", first)]).await), read(&streamed(&agent, &format!("&cursor={first}"), &[]).await)];
        for (rest, _) in &after {
            assert_eq!(rest[..], events[1..]);
        }
        let (nothing, _) = read(&streamed(&agent, &format!("&cursor={first}"), &[("last-event-id", &last)]).await);
        assert!(nothing.is_empty());
        let (of_one, _) = read(&streamed(&agent, "&verb=updated", &[]).await);
        assert_eq!(of_one[..], events[1..]);
    })
    .await;
}

#[tokio::test]
async fn an_id_alone_moves_over_what_is_not_shown() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        agent.post("/v1/incidents", json!({"short_description": "theirs"})).await;
        let (events, last) = read(&streamed(&requester, "", &[]).await);
        assert!(events.is_empty() && !last.is_empty());
        assert_eq!(streamed(&requester, "", &[("last-event-id", &last)]).await.body, "retry: 1000\n\n");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_a_problem_and_a_token_stands_in_the_header_alone() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let token = agent.token.clone().unwrap();
        assert_eq!(streamed(&desk.nobody(), "", &[]).await.problem(), "unauthenticated");
        for query in [format!("&token={token}"), format!("&access_token={token}"), "&limit=0".into(), "&hold=1".into()] {
            assert_eq!(streamed(&agent, &query, &[]).await.problem(), "bad-request");
        }
        for hold in ["26", "-1", "x"] {
            assert_eq!(agent.get_with(&format!("/v1/events?hold={hold}"), &[STREAM]).await.problem(), "bad-request");
        }
        assert_eq!(streamed(&agent, "", &[("last-event-id", "nonsense")]).await.problem(), "bad-request");
        desk.execute("update sessions set revoked_at = now()").await;
        assert_eq!(streamed(&agent, "", &[]).await.problem(), "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn who_takes_anything_gets_a_page() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        for accept in ["*/*", "application/json", "text/html"] {
            assert_eq!(agent.get_with("/v1/events", &[("accept", accept)]).await.header("content-type"), Some("application/json"));
        }
        let both = agent.get_with("/v1/events?hold=0", &[("accept", "application/json;q=0.5, Text/Event-Stream; q=0.9")]).await;
        assert_eq!(both.header("content-type"), Some("text/event-stream"));
    })
    .await;
}
