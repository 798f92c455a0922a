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

/// Not a test of every day: it takes a release build to say anything. `cargo xtask test -p sla --release -- --ignored --nocapture`
#[tokio::test]
#[ignore = "measures"]
async fn a_hundred_thousand_open_tickets() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let (sla, incident) = promised(&manager).await;
        let (id, by) = (sla["id"].as_str().unwrap(), manager.id);
        desk.execute(&format!(
            "with ticket as (
               insert into tickets (id, kind, number, short_description, state, priority, caller_id, opened_by, opened_at, due_at, created_at, updated_at)
               select gen_random_uuid(), 'incident', ticket_number('INC', nextval('incident_number')), 'printer ' || i, 'new', 5, '{by}', '{by}', now(), now() + interval '4 hours', now(), now()
               from generate_series(1, 100000) as i returning id
             ), event as (
               insert into events (at, ticket_id, actor_id, subject, verb, changes, version)
               select now(), id, '{by}', 'incident', 'created', '{{\"state\": [null, \"new\"]}}', 1 from ticket
             )
             insert into ticket_slas (ticket_id, sla_id, stage, started_at, due_at, original_due_at, half_at, late_at, remind_at, marks, sla_version, calendar_version)
             select id, '{id}', 'in_progress', now(), now() + interval '4 hours', now() + interval '4 hours', now() + interval '2 hours', now() + interval '3 hours',
                    now() + interval '2 hours', jsonb_build_array(jsonb_build_object('at', now(), 'mark', 'started')), 1, 1 from ticket;
             analyze tickets, ticket_slas, events"
        ))
        .await;
        let shorter = json!({"hours": {"mon": [["06:00", "22:00"]]}});
        assert_eq!(manager.patch(&format!("/v1/calendars/{}", crate::ALWAYS), shorter).await.status, 200);
        let done = std::sync::atomic::AtomicBool::new(false);
        let begun = std::time::Instant::now();
        let work = async {
            desk.work().await;
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            begun.elapsed()
        };
        let write = async {
            let (mut longest, mut writes) = (std::time::Duration::ZERO, 0);
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let any = desk.rows(&format!("select id::text from tickets where id > '{}' and state = 'new' order by id limit 1", uuid::Uuid::from_u128(u128::from(fastrand::u64(..)) << 64))).await;
                let path = format!("/v1/incidents/{}", any.first().map_or(incident["id"].as_str().unwrap(), String::as_str));
                let begun = std::time::Instant::now();
                assert_eq!(manager.patch(&path, json!({"location": format!("room {writes}")})).await.status, 200);
                (longest, writes) = (longest.max(begun.elapsed()), writes + 1);
            }
            (longest, writes)
        };
        let (took, (longest, writes)) = tokio::join!(work, write);
        println!("100,000 open tickets computed anew in {took:?}; of {writes} writes meanwhile the longest took {longest:?}");
        assert_eq!(desk.rows("select count(*)::text from ticket_slas where calendar_version = 1").await, ["0"]);
    })
    .await;
}
