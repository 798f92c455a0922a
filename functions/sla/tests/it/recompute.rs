//! A changed calendar or definition computes anew what stands with it.
use serde_json::{Value, json};
use testkit::{Person, desk};

use crate::promised;

/// From opening to being due.
async fn hours(manager: &Person<'_>, incident: &Value) -> f64 {
    let incident = manager.get(&format!("/v1/incidents/{}", incident["id"].as_str().unwrap())).await.json();
    let time = |field: &str| incident[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    time("due_at").duration_since(time("opened_at")).as_secs_f64() / 3600.0
}

#[tokio::test]
async fn a_changed_definition_moves_what_is_due_and_the_version_with_it() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let (sla, incident) = promised(&manager).await;
        assert_eq!(hours(&manager, &incident).await, 4.0);
        let path = format!("/v1/slas/{}", sla["id"].as_str().unwrap());
        assert_eq!(manager.patch(&path, json!({"goal": {"seconds": 7200}})).await.status, 200);
        desk.work().await;
        assert_eq!(hours(&manager, &incident).await, 2.0);
        let read = manager.get(&format!("/v1/incidents/{}", incident["id"].as_str().unwrap())).await.json();
        assert_eq!(read["version"], 2);
        desk.work().await;
        assert_eq!(manager.patch(&path, json!({"active": false})).await.status, 200);
        desk.work().await;
        assert_eq!(
            desk.rows(
                "select stage || ' ' || ticket_slas.due_at::text from tickets join ticket_slas on ticket_id = id where tickets.due_at = 'infinity'"
            )
            .await
            .len(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_changed_calendar_does_the_same_and_a_lost_job_is_made_up_for() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let (_, incident) = promised(&manager).await;
        let closed = json!({"hours": {"mon": null, "tue": null, "wed": null, "thu": null, "fri": null, "sat": null, "sun": null}});
        let changed = manager.patch(&format!("/v1/calendars/{}", crate::ALWAYS), closed).await;
        assert_eq!((changed.status, &changed.json()["hours"]), (200, &json!({})), "{}", changed.body);
        desk.execute("delete from jobs").await;
        desk.work().await;
        let read = manager.get(&format!("/v1/incidents/{}", incident["id"].as_str().unwrap())).await.json();
        assert_eq!(read["due_at"], Value::Null, "a calendar that never opens again");
        assert_eq!(
            desk.rows("select stage from ticket_slas where due_at is null and sla_version = 1 and calendar_version = 2").await,
            ["in_progress"]
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_open_before_gets_its_clocks_where_that_is_asked() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let before = manager.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        promised(&manager).await;
        desk.work().await;
        assert_eq!(desk.rows("select count(*)::text from ticket_slas").await, ["1"]);
        desk.execute("select enqueue('sla', 'all', '{\"all\": true}', now())").await;
        desk.work().await;
        assert_eq!(desk.rows("select count(*)::text from ticket_slas").await, ["2"]);
        assert_eq!(hours(&manager, &before).await, 4.0);
    })
    .await;
}
