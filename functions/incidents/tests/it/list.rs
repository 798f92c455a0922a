//! `GET /v1/incidents`
use incidents::incident::Page;
use serde_json::json;
use testkit::{Person, desk};

use crate::{path, raised};

/// All pages of a list, two at a time.
pub(crate) async fn all(person: &Person<'_>, query: &str) -> Vec<String> {
    let (mut numbers, mut next) = (Vec::new(), Some(String::new()));
    while let Some(cursor) = next {
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        let reply = person.get(&format!("/v1/incidents?limit=2{query}{cursor}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let page: Page = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(reply.header("link").is_some(), page.next.is_some());
        assert!(page.items.len() == 2 || page.next.is_none(), "a page is never short");
        numbers.extend(page.items.into_iter().map(|incident| incident.short_description));
        next = page.next;
    }
    numbers
}

#[tokio::test]
async fn both_sorts_both_ways_page_by_page() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let mut incidents = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            incidents.push(raised(&agent, name).await);
        }
        assert_eq!(agent.patch(&path(&incidents[1]), json!({"impact": 1})).await.status, 200);
        assert_eq!(all(&agent, "").await, ["e", "d", "c", "b", "a"]);
        assert_eq!(all(&agent, "&sort=opened_at").await, ["a", "b", "c", "d", "e"]);
        assert_eq!(all(&agent, "&sort=-updated_at").await, ["b", "e", "d", "c", "a"]);
        assert_eq!(all(&agent, "&sort=updated_at").await, ["a", "c", "d", "e", "b"]);
    })
    .await;
}

#[tokio::test]
async fn equal_times_are_ordered_by_id_and_none_is_lost() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        for name in ["a", "b", "c", "d", "e"] {
            raised(&agent, name).await;
        }
        desk.execute("update tickets set opened_at = '2026-01-01T00:00:00Z'").await;
        assert_eq!(all(&agent, "&sort=opened_at").await, ["a", "b", "c", "d", "e"]);
    })
    .await;
}

#[tokio::test]
async fn filters_by_state_and_priority() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let first = raised(&agent, "low").await;
        agent.post("/v1/incidents", json!({"short_description": "critical", "impact": 1, "urgency": 1})).await;
        agent.post(&format!("{}/transitions", path(&first)), json!({"to": "canceled"})).await;
        assert_eq!(all(&agent, "&state=canceled").await, ["low"]);
        assert_eq!(all(&agent, "&priority=1").await, ["critical"]);
        assert_eq!(all(&agent, "&priority=1&state=new").await, ["critical"]);
        assert!(all(&agent, "&priority=2").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_requester_sees_their_own_and_those_watched() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        raised(&agent, "theirs").await;
        let watched = raised(&agent, "watched").await;
        raised(&requester, "mine").await;
        desk.execute(&format!("insert into watchers values ('{}', '{}')", watched["id"].as_str().unwrap(), requester.id)).await;
        assert_eq!(all(&requester, "&sort=opened_at").await, ["watched", "mine"]);
        // The role is read in the statement: a promotion or its end counts at the next request, with the same token.
        desk.execute(&format!("update users set role = 'agent' where id = '{}'", requester.id)).await;
        assert_eq!(all(&requester, "&sort=opened_at").await, ["theirs", "watched", "mine"]);
        desk.execute(&format!("update users set role = 'requester' where id = '{}'", agent.id)).await;
        assert_eq!(all(&agent, "&sort=opened_at").await, ["theirs", "watched"]);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_filter_sort_limit_or_cursor_is_a_bad_request() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        for name in ["a", "b"] {
            raised(&agent, name).await;
        }
        let cursor = agent.get("/v1/incidents?limit=1").await.json()["next"].as_str().unwrap().to_owned();
        for query in [
            "colour=red",
            "sort=colour",
            "state=nonsense",
            "priority=9",
            "priority=x",
            "limit=0",
            "limit=201",
            "limit=-1",
            "cursor=nonsense",
            "limit=1&limit=2",
            "state=new&cursor=",
        ] {
            let reply = agent.get(&format!("/v1/incidents?{query}")).await;
            assert_eq!((reply.status, reply.problem().as_str()), (400, "bad-request"), "{query}");
        }
        let foreign = agent.get(&format!("/v1/incidents?limit=1&sort=opened_at&cursor={cursor}")).await;
        assert_eq!(foreign.status, 400, "a cursor of another order");
        assert_eq!(agent.get(&format!("/v1/incidents?limit=1&cursor={cursor}")).await.status, 200);
        assert_eq!(agent.get(&format!("/v1/events?cursor={cursor}")).await.status, 400, "a cursor of another list");
    })
    .await;
}
