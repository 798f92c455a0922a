//! Every filter and order of `GET /v1/incidents`.
use serde_json::json;
use testkit::{Desk, Person, desk};

use crate::list::all;
use crate::raised;

/// Five incidents, told apart by their names, with what the filters look at.
async fn five(desk: &Desk, agent: &Person<'_>) {
    for name in ["a", "b", "c", "d", "e"] {
        raised(agent, name).await;
    }
    desk.execute("insert into categories values ('Network')").await;
    desk.execute(
        "update tickets set opened_at = '2026-01-01T00:00:00Z'::timestamptz + make_interval(days => ascii(short_description) - 97);
         update tickets set updated_at = opened_at;
         update tickets set priority = 1, impact = 1, urgency = 1, due_at = '2026-02-02T00:00:00Z' where short_description = 'a';
         update tickets set priority = 3, category = 'Network', channel = 'phone', due_at = '2026-02-01T00:00:00Z' where short_description = 'b';
         update tickets set state = 'closed', major = true, resolved_at = '2026-01-04T12:00:00Z' where short_description = 'c';
         update tickets set state = 'on_hold', hold_reason = 'vendor' where short_description = 'd';
         update tickets set number = 'INC10000000', parent_id = (select id from tickets where short_description = 'a') where short_description = 'e'",
    )
    .await;
}

#[tokio::test]
async fn each_order_both_ways_page_by_page() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        five(desk, &agent).await;
        for (sort, names) in [
            ("opened_at", ["a", "b", "c", "d", "e"]),
            ("number", ["a", "b", "c", "d", "e"]),
            ("priority", ["a", "b", "c", "d", "e"]),
            ("due", ["b", "a", "c", "d", "e"]),
        ] {
            assert_eq!(all(&agent, &format!("&sort={sort}")).await, names, "{sort}");
            let backwards: Vec<&str> = names.into_iter().rev().collect();
            assert_eq!(all(&agent, &format!("&sort=-{sort}")).await, backwards, "-{sort}");
        }
    })
    .await;
}

#[tokio::test]
async fn each_filter_alone_and_together() {
    desk(async |desk| {
        let (agent, other) = (desk.person("agent").await, desk.person("agent").await);
        five(desk, &agent).await;
        let (team, theirs) = (desk.team("Mine", false).await, desk.team("Theirs", false).await);
        desk.execute(&format!(
            "insert into team_members values ('{team}', '{me}');
             update tickets set assigned_to = '{me}', assignment_group = '{team}' where short_description in ('a', 'b');
             update tickets set assigned_to = '{other}', assignment_group = '{theirs}', caller_id = '{other}' where short_description = 'c'",
            me = agent.id,
            other = other.id
        ))
        .await;
        let parent = agent.get("/v1/incidents?sort=opened_at&limit=1").await.json()["items"][0]["number"].as_str().unwrap().to_owned();
        for (query, names) in [
            ("state=new", "abe"),
            ("state=new,on_hold", "abde"),
            ("state=closed,canceled", "c"),
            ("state=closed,on_hold", "cd"),
            ("state=canceled", ""),
            ("open=true", "abde"),
            ("open=false", "c"),
            ("open=false&state=new", ""),
            ("priority=1", "a"),
            ("priority=1,3", "ab"),
            ("priority=2", ""),
            ("assigned_to=me", "ab"),
            ("assigned_to=none", "de"),
            (&format!("assigned_to={}", other.id), "c"),
            ("assignment_group=mine", "ab"),
            ("assignment_group=none", "de"),
            (&format!("assignment_group={theirs}"), "c"),
            ("caller_id=me", "abde"),
            (&format!("caller_id={}", other.id), "c"),
            ("category=Network", "b"),
            ("category=Nothing", ""),
            ("channel=phone", "b"),
            ("major=true", "c"),
            ("major=false", "abde"),
            (&format!("parent_id={parent}"), "e"),
            ("parent_id=none", "abcd"),
            ("parent_id=INC9999999", ""),
            ("opened_from=2026-01-02&opened_to=2026-01-04", "bc"),
            ("opened_from=2026-01-04T00:00:00Z", "de"),
            ("updated_to=2026-01-02T01:00:00%2B01:00", "a"),
            ("resolved_from=2026-01-04&resolved_to=2026-01-05", "c"),
            ("resolved_from=2026-01-05", ""),
            ("q=inc1", "e"),
            ("q=INC0000", "abcd"),
            ("assigned_to=me&priority=3&category=Network&open=true&opened_to=2026-02-01", "b"),
        ] {
            for sort in ["opened_at", "number", "updated_at"] {
                assert_eq!(all(&agent, &format!("&sort={sort}&{query}")).await.concat(), names, "{query} by {sort}");
            }
            let counted = agent.get(&format!("/v1/incidents?limit=1&count=true&{query}")).await.json();
            assert_eq!((&counted["total"], &counted["total_is"]), (&json!(names.len()), &json!("exact")), "{query}");
        }
        // The agent's own query, as a requester: what is theirs.
        desk.execute(&format!("update users set role = 'requester' where id = '{}'", agent.id)).await;
        for (query, names) in
            [("", "abde"), ("&priority=1,3", "ab"), ("&assignment_group=mine", "ab"), ("&opened_from=2026-01-02&opened_to=2026-01-05", "bd")]
        {
            assert_eq!(all(&agent, &format!("&sort=number{query}")).await.concat(), names, "{query}");
            assert_eq!(agent.get(&format!("/v1/incidents?count=true{query}")).await.json()["total"], names.len(), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_understood_is_a_bad_request() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        for query in [
            "state=",
            "state=new,",
            "state=New",
            "open=yes",
            "priority=0",
            "priority=1,,2",
            "assigned_to=you",
            "assigned_to=mine",
            "assignment_group=me",
            "caller_id=none",
            "channel=pigeon",
            "major=1",
            "category=%00",
            "parent_id=%00",
            "opened_from=yesterday",
            "opened_to=99999-01-01",
            "resolved_from=-000044-03-15",
            "q=a%00b",
            &format!("q={}", "x".repeat(201)),
            "count=maybe",
            "fields=",
            "fields=colour",
            "expand=everything",
            "sort=colour",
            "state=new&state=closed",
        ] {
            let reply = agent.get(&format!("/v1/incidents?{query}")).await;
            assert_eq!((reply.status, reply.problem().as_str()), (400, "bad-request"), "{query} {}", reply.body);
        }
    })
    .await;
}
