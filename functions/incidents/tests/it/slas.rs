//! `GET /v1/incidents/{id}/slas`, and what the writes of an incident do to its clocks.
use serde_json::{Value, json};
use testkit::{Desk, Person, desk};

use crate::{path, raised};

const ALWAYS: &str = "00000000-0000-7000-8000-000000000247";

/// A definition for everything, by its metric.
async fn promise(manager: &Person<'_>, metric: &str, with: Value) -> Value {
    let mut body = json!({"name": format!("{metric} {with}"), "type": "sla", "metric": metric, "goal": {"seconds": 14400}, "calendar_id": ALWAYS});
    body.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    let reply = manager.post("/v1/slas", body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()
}

async fn step(person: &Person<'_>, incident: &Value, body: Value) {
    let reply = person.post(&format!("{}/transitions", path(incident)), body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

async fn say(person: &Person<'_>, incident: &Value) {
    let reply = person.post(&format!("{}/comments", path(incident)), json!({"body": "x"})).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
}

/// The clocks of an incident, by metric.
async fn standing(person: &Person<'_>, incident: &Value, metric: &str) -> Value {
    let reply = person.get(&format!("{}/slas", path(incident))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let all = reply.json()["items"].as_array().unwrap().clone();
    all.into_iter().find(|standing| standing["metric"] == metric && standing["stage"] != "canceled").unwrap_or(Value::Null)
}

fn marks(standing: &Value) -> Vec<&str> {
    standing["timeline"].as_array().unwrap().iter().map(|mark| mark["mark"].as_str().unwrap()).collect()
}

/// As if all of it had happened so much earlier.
async fn pass(desk: &Desk, time: &str) {
    let earlier = |columns: &[&str]| columns.iter().map(|column| format!("{column} = {column} - interval '{time}'")).collect::<Vec<_>>().join(", ");
    let clocks =
        earlier(&["started_at", "due_at", "original_due_at", "half_at", "late_at", "stopped_at", "paused_since", "breached_at", "remind_at"]);
    let tickets = earlier(&["opened_at", "resolved_at", "due_at"]);
    desk.execute(&format!(
        "update ticket_slas set {clocks}, marks = (select jsonb_agg(m || jsonb_build_object('at', (m ->> 'at')::timestamptz - interval '{time}')) from jsonb_array_elements(marks) m);
         update tickets set {tickets}"
    ))
    .await;
}

#[tokio::test]
async fn nothing_is_promised_where_there_is_no_definition() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        assert_eq!(incident["due_at"], Value::Null);
        let reply = agent.get(&format!("{}/slas", path(&incident))).await;
        assert_eq!((reply.status, &reply.json()["items"]), (200, &json!([])));
        assert!(reply.header("etag").is_none());
    })
    .await;
}

#[tokio::test]
async fn a_clock_runs_from_opening_pauses_on_hold_and_stops_when_resolved() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        promise(&manager, "resolution", json!({})).await;
        let incident = raised(&agent, "x").await;
        let due = incident["due_at"].as_str().unwrap().to_owned();
        let running = standing(&agent, &incident, "resolution").await;
        assert_eq!(
            (&running["stage"], &running["started_at"].as_str().unwrap()[..19]),
            (&json!("in_progress"), &incident["opened_at"].as_str().unwrap()[..19])
        );
        assert_eq!(running["due_at"].as_str().unwrap()[..19], due[..19]);
        assert!((0.0..1.0).contains(&running["percent"].as_f64().unwrap()) && running["remaining_seconds"].as_i64().unwrap() > 14_000);
        step(&agent, &incident, json!({"to": "on_hold", "hold_reason": "vendor"})).await;
        let held = agent.get(&path(&incident)).await.json();
        assert_eq!((&held["due_at"], &held["version"]), (&Value::Null, &json!(2)));
        pass(desk, "1 hour").await;
        step(&agent, &incident, json!({"to": "in_progress", "assigned_to": agent.id})).await;
        let running = standing(&agent, &incident, "resolution").await;
        assert_eq!((marks(&running), running["paused_seconds"].as_i64().unwrap() / 60), (vec!["started", "paused", "resumed"], 60));
        assert!(running["remaining_seconds"].as_i64().unwrap() > 14_000, "{running}");
        step(&agent, &incident, json!({"to": "resolved", "close_code": "solved", "close_notes": "done"})).await;
        let met = standing(&agent, &incident, "resolution").await;
        assert_eq!((&met["stage"], &met["breached_at"]), (&json!("completed"), &Value::Null));
        assert_eq!(agent.get(&path(&incident)).await.json()["due_at"], Value::Null);
        pass(desk, "10 hours").await;
        step(&agent, &incident, json!({"to": "in_progress"})).await;
        let again = standing(&agent, &incident, "resolution").await;
        assert_eq!((&again["stage"], &again["breached_at"]), (&json!("in_progress"), &Value::Null));
        assert_eq!(again["timeline"].as_array().unwrap().last().unwrap()["pause"], "resolved");
        assert!(again["remaining_seconds"].as_i64().unwrap() > 14_000, "{again}");
    })
    .await;
}

#[tokio::test]
async fn a_response_is_the_first_public_word_of_an_agent_and_updates_come_after() {
    desk(async |desk| {
        let (agent, caller, manager) = (desk.person("agent").await, desk.person("requester").await, desk.person("manager").await);
        promise(&manager, "response", json!({})).await;
        promise(&manager, "update", json!({})).await;
        let incident = raised(&caller, "x").await;
        say(&caller, &incident).await;
        let note = agent.post(&format!("{}/comments", path(&incident)), json!({"body": "x", "visibility": "work_note"})).await;
        assert_eq!((note.status, agent.get(&path(&incident)).await.json()["version"].as_i64()), (201, Some(1)));
        assert_eq!(standing(&agent, &incident, "response").await["stage"], "in_progress");
        assert_eq!(standing(&agent, &incident, "update").await, Value::Null);
        say(&agent, &incident).await;
        assert_eq!(standing(&agent, &incident, "response").await["stage"], "completed");
        let answered = agent.get(&path(&incident)).await.json();
        assert_eq!((&answered["due_at"], &answered["version"]), (&Value::Null, &json!(2)), "what is due is part of the body, so its version moves");
        for cycle in 1..3 {
            say(&caller, &incident).await;
            say(&caller, &incident).await;
            let waiting = standing(&caller, &incident, "update").await;
            assert_eq!((&waiting["stage"], &waiting["cycle"]), (&json!("in_progress"), &json!(cycle)));
            say(&agent, &incident).await;
            assert_eq!(standing(&agent, &incident, "update").await["stage"], "completed");
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_that_matches_attaches_and_one_that_matches_again_is_revived() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        let critical = promise(&manager, "resolution", json!({"conditions": {"priority": [1]}, "goal": {"seconds": 3600}})).await;
        let any = promise(&manager, "resolution", json!({})).await;
        let incident = raised(&agent, "x").await;
        let attached = async || standing(&agent, &incident, "resolution").await["sla_id"].clone();
        assert_eq!(attached().await, any["id"]);
        let raised = json!({"impact": 1, "urgency": 1});
        let patched = agent.patch(&path(&incident), raised).await.json();
        assert_eq!((attached().await, &patched["priority"]), (critical["id"].clone(), &json!(1)));
        let due = standing(&agent, &incident, "resolution").await["due_at"].as_str().unwrap()[..19].to_owned();
        assert_eq!(patched["due_at"].as_str().unwrap()[..19], due);
        assert_eq!(agent.patch(&path(&incident), json!({"impact": 3})).await.status, 200);
        assert_eq!(attached().await, any["id"]);
        assert_eq!(
            desk.rows("select stage || ' ' || count(*) from ticket_slas group by stage order by stage").await,
            ["canceled 1", "in_progress 1"]
        );
    })
    .await;
}

#[tokio::test]
async fn what_ends_a_ticket_ends_its_clocks() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        promise(&manager, "resolution", json!({})).await;
        promise(&manager, "response", json!({})).await;
        let (parent, target, source) = (raised(&agent, "p").await, raised(&agent, "t").await, raised(&agent, "s").await);
        let child = agent.post("/v1/incidents", json!({"short_description": "c", "parent_id": parent["id"]})).await.json();
        assert_eq!(agent.post(&format!("{}/merge", path(&source)), json!({"into": target["id"]})).await.status, 200);
        step(&agent, &parent, json!({"to": "resolved", "close_code": "solved", "close_notes": "done"})).await;
        desk.work().await;
        let stages = async |incident: &Value| {
            let id = incident["id"].as_str().unwrap();
            desk.rows(&format!("select d.metric || ' ' || s.stage from ticket_slas s join slas d on d.id = s.sla_id where ticket_id = '{id}' order by 1")).await
        };
        assert_eq!(stages(&source).await, ["resolution canceled", "response canceled"]);
        assert_eq!(stages(&parent).await, ["resolution completed", "response paused"]);
        // The child was ended by a statement, the parent by Rust: the two rules are one.
        let rows = "select s.stage || coalesce(s.due_at::text, '') || (s.paused_since is not null) || s.cycle || s.reminded || jsonb_path_query_array(s.marks, '$[*].mark')";
        let of = |incident: &Value| format!("{rows} from ticket_slas s join slas d on d.id = s.sla_id where d.metric = 'response' and ticket_id = '{}'", incident["id"].as_str().unwrap());
        assert_eq!(desk.rows(&of(&parent)).await, desk.rows(&of(&child)).await);
        assert_eq!(stages(&child).await, stages(&parent).await);
        desk.execute("update tickets set resolved_at = resolved_at - interval '8 days'; update ticket_slas set paused_since = paused_since - interval '8 days' where stage = 'paused'").await;
        desk.work().await;
        assert_eq!(stages(&child).await, ["resolution completed", "response completed"]);
        assert_eq!(desk.rows("select count(*)::text from tickets where due_at <> 'infinity' and state in ('closed', 'canceled', 'resolved')").await, ["0"]);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_was_turned_meanwhile_costs_a_try_and_no_wrong_row() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        let sla = promise(&manager, "resolution", json!({})).await;
        let incident = raised(&agent, "x").await;
        // Behind the back of whoever keeps the book.
        let id = sla["id"].as_str().unwrap();
        desk.execute(&format!("update slas set goal = '{{\"seconds\": 60}}', version = version + 1 where id = '{id}'")).await;
        let other = raised(&agent, "y").await;
        let seconds = |incident: &Value| {
            let time = |field: &str| incident[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
            time("due_at").duration_since(time("opened_at")).as_secs()
        };
        assert_eq!((seconds(&incident), seconds(&other)), (14_400, 60));
        desk.execute("update sla_book set version = version + 1").await;
        assert_eq!(seconds(&agent.patch(&path(&incident), json!({"location": "here"})).await.json()), 60);
        desk.execute("update sla_book set version = version + 1").await;
        say(&agent, &incident).await;
        desk.work().await;
    })
    .await;
}

#[tokio::test]
async fn many_that_come_at_once_to_a_process_that_has_just_begun_are_all_served() {
    desk(async |desk| {
        let caller = desk.person("requester").await;
        let body = || json!({"short_description": "x"});
        let raise = || Box::pin(caller.post("/v1/incidents", body()));
        let all = tokio::join!(raise(), raise(), raise(), raise(), raise(), raise());
        assert_eq!([all.0.status, all.1.status, all.2.status, all.3.status, all.4.status, all.5.status], [201; 6]);
    })
    .await;
}

#[tokio::test]
async fn of_many_that_answer_at_once_each_is_kept_and_one_stops_the_clock() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        promise(&manager, "response", json!({})).await;
        promise(&manager, "resolution", json!({})).await;
        let caller = desk.person("requester").await;
        let incident = raised(&caller, "x").await;
        let (said, at) = (format!("{}/comments", path(&incident)), path(&incident));
        let (body, patch) = (json!({"body": "x"}), json!({"impact": 1}));
        let (one, two, three, four) =
            tokio::join!(
            Box::pin(agent.post(&said, body.clone())),
            Box::pin(agent.post(&said, body.clone())),
            Box::pin(manager.post(&said, body)),
            Box::pin(manager.patch(&at, patch)),
        );
        assert_eq!([one.status, two.status, three.status, four.status], [201, 201, 201, 200]);
        let response = standing(&agent, &incident, "response").await;
        assert_eq!((&response["stage"], marks(&response)), (&json!("completed"), vec!["started", "completed"]));
        let first = desk.rows("select bool_and(s.stopped_at <= c.created_at)::text from ticket_slas s join slas d on d.id = s.sla_id, comments c where d.metric = 'response'").await;
        assert_eq!(first, ["true"]);
    })
    .await;
}

#[tokio::test]
async fn breached_and_due_soon_are_listed_and_expanded() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        promise(&manager, "resolution", json!({})).await;
        let (late, soon, fine) = (raised(&agent, "late").await, raised(&agent, "soon").await, raised(&agent, "fine").await);
        for (incident, time) in [(&late, "5 hours"), (&soon, "3 hours 30 minutes")] {
            let id = incident["id"].as_str().unwrap();
            desk.execute(&format!("update ticket_slas set due_at = due_at - interval '{time}', remind_at = remind_at - interval '{time}', started_at = started_at - interval '{time}' where ticket_id = '{id}'")).await;
        }
        desk.work().await;
        for (filter, name) in [("breached", &late), ("due_soon", &soon)] {
            let page = agent.get(&format!("/v1/incidents?sla={filter}&count=true&expand=sla,caller&sort=due")).await;
            assert_eq!(page.status, 200, "{}", page.body);
            let page = page.json();
            assert_eq!((page["total"].as_i64(), &page["items"][0]["id"]), (Some(1), &name["id"]), "{filter}");
            assert_eq!(page["items"][0]["expanded"]["sla"][0]["stage"], "in_progress");
        }
        let expanded = agent.get(&format!("{}?expand=sla", path(&fine))).await;
        assert!(expanded.header("etag").is_none());
        assert!(expanded.json()["expanded"]["sla"][0]["percent"].as_f64().unwrap() < 1.0);
        assert_eq!(agent.get(&format!("{}?expand=sla&fields=number", path(&fine))).await.json()["expanded"]["sla"].as_array().unwrap().len(), 1);
        assert_eq!(agent.get("/v1/incidents?sla=late").await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn between_teams_and_of_restricted_tickets_is_not_for_everybody() {
    desk(async |desk| {
        let (agent, manager, caller) = (desk.person("agent").await, desk.person("manager").await, desk.person("requester").await);
        promise(&manager, "resolution", json!({"type": "ola"})).await;
        promise(&manager, "resolution", json!({"name": "ours"})).await;
        let incident = raised(&caller, "x").await;
        let seen = async |person: &Person<'_>| person.get(&format!("{}/slas", path(&incident))).await.json()["items"].as_array().unwrap().len();
        assert_eq!((seen(&agent).await, seen(&caller).await), (2, 1));
        let expanded = caller.get(&format!("{}?expand=sla", path(&incident))).await.json();
        assert_eq!(expanded["expanded"]["sla"].as_array().unwrap().len(), 1);
        let team = desk.team("Security", true).await;
        desk.execute(&format!("update tickets set restricted_to = '{team}'")).await;
        desk.execute("update ticket_slas set breached_at = now(), reminded = 100, remind_at = null").await;
        assert_eq!(agent.get(&format!("{}/slas", path(&incident))).await.status, 404);
        assert_eq!(agent.get("/v1/incidents?sla=breached&expand=sla").await.json()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_is_promised_between_teams_is_not_when_it_is_due() {
    desk(async |desk| {
        let (agent, manager, caller) = (desk.person("agent").await, desk.person("manager").await, desk.person("requester").await);
        let ola = promise(&manager, "resolution", json!({"type": "ola", "goal": {"seconds": 1800}})).await;
        promise(&manager, "response", json!({"type": "underpinning_contract", "goal": {"seconds": 1800}})).await;
        let found = async |person: &Person<'_>, query: &str| person.get(&format!("/v1/incidents?{query}&count=true")).await.json()["total"].as_i64();
        assert_eq!(raised(&caller, "x").await["due_at"], Value::Null);
        promise(&manager, "resolution", json!({})).await;
        let incident = raised(&caller, "x").await;
        let due: jiff::Timestamp = incident["due_at"].as_str().unwrap().parse().unwrap();
        let opened: jiff::Timestamp = incident["opened_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(due.duration_since(opened).as_secs(), 14_400);
        // The nearest of all is within the hour, and then missed.
        let ola = ola["id"].as_str().unwrap();
        for filter in ["due_soon", "breached"] {
            for person in [&agent, &caller] {
                assert_eq!(found(person, &format!("sla={filter}")).await, Some(0), "{filter}");
            }
            desk.execute(&format!("update ticket_slas set breached_at = now(), reminded = 100, remind_at = null where sla_id = '{ola}'")).await;
        }
        desk.execute(&format!("update ticket_slas set breached_at = now(), due_at = now() + interval '1 minute' where sla_id <> '{ola}'")).await;
        for person in [&agent, &caller] {
            assert_eq!((found(person, "sla=due_soon").await, found(person, "sla=breached").await), (Some(1), Some(1)));
        }
    })
    .await;
}
