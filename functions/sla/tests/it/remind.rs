//! Reminders and breaches: each once, and only where it is still so.
use testkit::{Desk, desk};

use crate::promised;

/// As if the clocks had run so much longer.
async fn pass(desk: &Desk, time: &str) {
    let columns = ["started_at", "due_at", "half_at", "late_at", "remind_at", "original_due_at"];
    let earlier = columns.map(|column| format!("{column} = {column} - interval '{time}'")).join(", ");
    desk.execute(&format!("update ticket_slas set {earlier}")).await;
}

async fn told(desk: &Desk) -> Vec<String> {
    desk.rows(
        "select verb || ' ' || (changes -> 'percent' ->> 1) || ' ' || visibility from events where verb like 'sla\\_%' order by epoch, xact, seq",
    )
    .await
}

#[tokio::test]
async fn half_three_quarters_and_the_breach_are_told_once_each() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let (_, incident) = promised(&manager).await;
        desk.work().await;
        assert!(told(desk).await.is_empty());
        let mut expected = Vec::new();
        for (time, telling) in
            [("121 minutes", "sla_warning 50 work_note"), ("60 minutes", "sla_warning 75 work_note"), ("60 minutes", "sla_breached 100 work_note")]
        {
            pass(desk, time).await;
            desk.work().await;
            desk.work().await;
            expected.push(telling);
            assert_eq!(told(desk).await, expected);
        }
        assert_eq!(desk.rows("select (breached_at = due_at and remind_at is null)::text from ticket_slas").await, ["true"]);
        let read = manager.get(&format!("/v1/incidents/{}", incident["id"].as_str().unwrap())).await.json();
        assert_eq!((&read["version"], read["due_at"].is_string()), (&1.into(), true));
    })
    .await;
}

#[tokio::test]
async fn what_was_slept_through_is_told_in_order_and_a_paused_clock_says_nothing() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        promised(&manager).await;
        desk.execute("update ticket_slas set stage = 'paused', paused_since = now(), due_at = null").await;
        pass(desk, "10 hours").await;
        desk.work().await;
        assert!(told(desk).await.is_empty());
        desk.execute("update ticket_slas set stage = 'in_progress', paused_since = null, due_at = now() - interval '1 minute', remind_at = now() - interval '1 hour'").await;
        desk.work().await;
        assert_eq!(told(desk).await, ["sla_warning 50 work_note", "sla_warning 75 work_note", "sla_breached 100 work_note"]);
    })
    .await;
}

#[tokio::test]
async fn two_workers_tell_it_once() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        promised(&manager).await;
        for _ in 0..20 {
            let reply = manager.post("/v1/incidents", serde_json::json!({"short_description": "x"})).await;
            assert_eq!(reply.status, 201);
        }
        pass(desk, "5 hours").await;
        desk.execute("select enqueue('sla', 'one', '{}', now()), enqueue('sla', 'two', '{}', now()), enqueue('sla', 'three', '{}', now())").await;
        tokio::join!(desk.work(), desk.work());
        let each = "select count(*) || ' ' || count(distinct (ticket_id, verb, changes -> 'percent')) from events where verb like 'sla\\_%'";
        assert_eq!(desk.rows(each).await, ["63 63"]);
    })
    .await;
}
