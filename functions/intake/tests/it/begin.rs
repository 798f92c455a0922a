//! Somebody begins something.
use serde_json::json;
use testkit::desk;

use crate::{Sample, address};

#[tokio::test]
async fn what_answers_nothing_is_a_new_incident_of_its_authors() {
    desk(async |desk| {
        let person = desk.person("requester").await;
        assert_eq!(Sample::new("new", &address(&person, "requester")).comes(desk).await, "done incident");
        let incident = person.get("/v1/incidents").await.json()["items"][0].clone();
        assert_eq!((&incident["short_description"], &incident["channel"]), (&json!("Laptop does not start"), &json!("email")));
        assert_eq!(incident["description"], "Since this morning the screen stays black \u{2013} the fan runs.\n\nRoom 3.14");
        assert_eq!((&incident["caller_id"], &incident["opened_by"], &incident["priority"]), (&json!(person.id), &json!(person.id), &json!(5)));
        let history = person.get(&format!("/v1/incidents/{}/history", incident["id"].as_str().unwrap())).await;
        assert_eq!(history.status, 200, "{}", history.body);
    })
    .await;
}

#[tokio::test]
async fn its_clocks_run_from_its_opening() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        for metric in ["response", "resolution"] {
            let always = "00000000-0000-7000-8000-000000000247";
            let sla = json!({"name": metric, "type": "sla", "metric": metric, "goal": {"seconds": 14400}, "calendar_id": always});
            assert_eq!(manager.post("/v1/slas", sla).await.status, 201);
        }
        let person = desk.person("requester").await;
        assert_eq!(Sample::new("new", &address(&person, "requester")).comes(desk).await, "done incident");
        desk.work().await;
        let clocks = "select d.metric || ' ' || s.stage || ' ' || (s.started_at = t.opened_at) || ' ' || (t.due_at is not null)
                      from ticket_slas s join slas d on d.id = s.sla_id join tickets t on t.id = s.ticket_id order by 1";
        assert_eq!(desk.rows(clocks).await, ["resolution in_progress true true", "response in_progress true true"]);
    })
    .await;
}

#[tokio::test]
async fn an_authentic_author_whom_nobody_knows_becomes_a_requester_who_cannot_log_in() {
    desk(async |desk| {
        assert_eq!(Sample::new("new", "Stranger@Example.com").comes(desk).await, "done incident");
        let people = "select name || ' ' || email || ' ' || role || ' ' || active || ' ' || (password_hash is null) from users";
        assert_eq!(desk.rows(people).await, ["Ada Lovelace stranger@example.com requester true true"]);
        assert_eq!(Sample::new("new", "stranger@example.com").comes(desk).await, "done incident");
        assert_eq!(desk.rows("select count(distinct caller_id) || ' ' || count(*) from tickets").await, ["1 2"]);
        assert_eq!(desk.rows("select verb from events where subject = 'user'").await, ["created"]);
    })
    .await;
}

#[tokio::test]
async fn a_mail_with_a_file_keeps_it_for_later() {
    desk(async |desk| {
        let person = desk.person("requester").await;
        assert_eq!(Sample::new("html", &address(&person, "requester")).comes(desk).await, "done incident");
        assert_eq!(desk.rows("select attachments || ' ' || (length(raw) > 500) from inbound_mails").await, ["1 true"]);
    })
    .await;
}

#[tokio::test]
async fn an_agent_who_writes_has_no_more_rights_than_anybody_who_writes() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let subject = "assigned_to: me, priority: 1, #close";
        let sample = Sample::new("new", &address(&agent, "agent")).with("Laptop does not start", subject);
        assert_eq!(sample.comes(desk).await, "done incident");
        let incident = agent.get("/v1/incidents").await.json()["items"][0].clone();
        assert_eq!((&incident["assigned_to"], &incident["state"], &incident["priority"]), (&json!(null), &json!("new"), &json!(5)));
        assert_eq!(incident["short_description"], subject);
    })
    .await;
}
