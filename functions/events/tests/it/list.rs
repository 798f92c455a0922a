//! `GET /v1/events`
use serde_json::{Value, json};
use testkit::{Desk, Person, desk};

/// What the feed has after a cursor, and the cursor after it.
async fn after(desk: &Desk, person: &Person<'_>, cursor: Option<&str>) -> (Vec<Value>, String) {
    desk.settle().await;
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    let reply = person.get(&format!("/v1/events?limit=2{cursor}")).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let body = reply.json();
    (body["items"].as_array().unwrap().clone(), body["next"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_cursor_is_kept_and_asked_again_later() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (nothing, start) = after(desk, &agent, None).await;
        assert!(nothing.is_empty());
        let incident = agent.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        agent.patch(&format!("/v1/incidents/{}", incident["number"].as_str().unwrap()), json!({"impact": 1})).await;
        agent.post("/v1/incidents", json!({"short_description": "y"})).await;
        let (first, middle) = after(desk, &agent, Some(&start)).await;
        let verbs: Vec<&Value> = first.iter().map(|event| &event["verb"]).collect();
        assert_eq!(verbs, ["created", "updated"]);
        assert_eq!((&first[0]["ticket_id"], &first[0]["number"], &first[0]["version"]), (&incident["id"], &incident["number"], &json!(1)));
        let (second, end) = after(desk, &agent, Some(&middle)).await;
        assert_eq!(second.len(), 1);
        let (rest, still) = after(desk, &agent, Some(&end)).await;
        assert!(rest.is_empty());
        assert_eq!(end, still);
    })
    .await;
}

#[tokio::test]
async fn each_sees_the_changes_of_what_they_may_see() {
    desk(async |desk| {
        let (agent, requester, admin) = (desk.person("agent").await, desk.person("requester").await, desk.person("admin").await);
        let auditor = desk.person("auditor").await;
        let team = desk.team("HR", true).await;
        agent.post("/v1/incidents", json!({"short_description": "theirs"})).await;
        let hidden = agent.post("/v1/incidents", json!({"short_description": "hidden"})).await.json();
        desk.execute(&format!(
            "update tickets set restricted_to = '{team}', caller_id = '{}' where id = '{}'",
            admin.id,
            hidden["id"].as_str().unwrap()
        ))
        .await;
        requester.post("/v1/incidents", json!({"short_description": "own"})).await;
        admin.patch("/v1/settings", json!({"auto_close_days": 5})).await;
        desk.settle().await;
        let seen = async |person: &Person<'_>| {
            let body = person.get("/v1/events").await.json();
            let name = |event: &Value| event["changes"]["short_description"][1].as_str().unwrap_or("settings").to_owned();
            body["items"].as_array().unwrap().iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(seen(&requester).await, ["own"]);
        assert_eq!(seen(&agent).await, ["theirs", "own", "settings"]);
        assert_eq!(seen(&auditor).await, ["theirs", "own", "settings"]);
        assert_eq!(seen(&admin).await, ["theirs", "hidden", "own", "settings"]);
        assert_eq!(desk.nobody().get("/v1/events").await.status, 401);
        // Of people and teams only those who administer and audit are told.
        desk.execute(
            "do $$
             declare rule text := (select pg_get_constraintdef(oid) from pg_constraint where conname = 'events_subject_check');
             begin
               alter table events drop constraint events_subject_check;
               insert into events (at, subject, verb) values (now(), 'user', 'updated');
               execute 'alter table events add constraint events_subject_check ' || rule || ' not valid';
             end $$",
        )
        .await;
        assert_eq!((seen(&agent).await.len(), seen(&auditor).await.len(), seen(&requester).await.len()), (3, 4, 1));
    })
    .await;
}

#[tokio::test]
async fn rules_are_for_who_administers_and_audits() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let rule =
            admin.post("/v1/rules", json!({"name": "secret plan", "events": ["created"], "actions": [{"do": "set", "fields": {"impact": 1}}]})).await;
        assert_eq!(rule.status, 201, "{}", rule.body);
        desk.settle().await;
        for (role, sees) in [("admin", true), ("auditor", true), ("manager", false), ("agent", false), ("requester", false)] {
            let person = desk.person(role).await;
            for query in ["", "?subject=rule"] {
                let feed = person.get(&format!("/v1/events{query}")).await;
                assert_eq!((feed.status, feed.body.contains("secret plan")), (200, sees), "{role}{query}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_restored_database_has_a_new_epoch_behind_every_cursor() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        agent.post("/v1/incidents", json!({"short_description": "before"})).await;
        let (_, cursor) = after(desk, &agent, None).await;
        // As `itsm migrate` finds it in another cluster, where transaction ids start anew: earlier ones than those given out.
        desk.execute("update feed_epoch set epoch = 2; alter table events alter column epoch set default 2").await;
        agent.post("/v1/incidents", json!({"short_description": "after"})).await;
        desk.execute("alter table events disable trigger user; update events set xact = '3' where epoch = 2").await;
        let (events, _) = after(desk, &agent, Some(&cursor)).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["changes"]["short_description"][1], "after");
        desk.execute("alter table events alter column epoch set default 1; alter table events enable trigger user").await;
    })
    .await;
}

/// Somebody who sees one event of many is moved over the others, a bounded number at a time, and never looks at them again.
#[tokio::test]
async fn the_cursor_moves_over_what_is_not_shown() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let theirs = agent.post("/v1/incidents", json!({"short_description": "theirs"})).await.json();
        let many =
            "insert into events (at, ticket_id, subject, verb) select now(), id, 'incident', 'updated' from tickets, generate_series(1, 10100)";
        desk.execute(many).await;
        requester.post("/v1/incidents", json!({"short_description": "own"})).await;
        let (nothing, middle) = after(desk, &requester, None).await;
        assert!(nothing.is_empty());
        let (own, end) = after(desk, &requester, Some(&middle)).await;
        assert_eq!(own.len(), 1);
        let (rest, still) = after(desk, &requester, Some(&end)).await;
        assert!(rest.is_empty() && still == end && middle != end);

        // What follows is not theirs either, and yet the cursor moves.
        agent.patch(&format!("/v1/incidents/{}", theirs["id"].as_str().unwrap()), json!({"impact": 1})).await;
        let (rest, moved) = after(desk, &requester, Some(&end)).await;
        assert!(rest.is_empty() && moved != end);
        assert_eq!(after(desk, &requester, Some(&moved)).await, (vec![], moved));
    })
    .await;
}

#[tokio::test]
async fn changes_do_not_name_a_ticket_that_one_may_not_see() {
    desk(async |desk| {
        let (agent, inside, admin) = (desk.person("agent").await, desk.person("agent").await, desk.person("admin").await);
        let team = desk.team("HR", true).await;
        desk.execute(&format!("insert into team_members values ('{team}', '{}')", inside.id)).await;
        let hidden = inside.post("/v1/incidents", json!({"short_description": "hidden"})).await.json();
        let child = agent.post("/v1/incidents", json!({"short_description": "child"})).await.json();
        desk.execute(&format!("update tickets set restricted_to = '{team}' where short_description = 'hidden'")).await;
        let id = hidden["id"].as_str().unwrap();
        let changes = json!({"parent_id": [null, id], "relates": [id, null], "impact": [1, 2], "assigned_to": [null, agent.id]});
        desk.execute(&format!(
            "insert into events (at, ticket_id, subject, verb, changes) values (now(), '{}', 'incident', 'linked', '{changes}')",
            child["id"].as_str().unwrap()
        ))
        .await;
        desk.settle().await;
        for (person, told) in [(&agent, false), (&inside, true), (&admin, true)] {
            let reply = person.get("/v1/events?verb=linked").await;
            assert_eq!(reply.json()["items"][0]["changes"]["impact"], json!([1, 2]), "{}", reply.body);
            assert_eq!(reply.body.contains(id), told);
        }
    })
    .await;
}
