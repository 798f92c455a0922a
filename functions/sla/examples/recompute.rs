//! How long an edited calendar takes to reach 100,000 open tickets, and how long writers wait meanwhile. It is no test of every day:
//! `cargo xtask test --release -p sla --example recompute -- --nocapture`
#![allow(clippy::print_stdout)]
fn main() {}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::desk;

    /// The calendar around the clock, which migrations make.
    const ALWAYS: &str = "00000000-0000-7000-8000-000000000247";

    #[tokio::test]
    async fn a_hundred_thousand_open_tickets() {
        desk(async |desk| {
        let manager = desk.person("manager").await;
        let promise = json!({"name": "Four hours", "type": "sla", "metric": "resolution", "goal": {"seconds": 14400}, "calendar_id": ALWAYS});
        let sla = manager.post("/v1/slas", promise).await.json();
        let incident = manager.post("/v1/incidents", json!({"short_description": "x"})).await.json();
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
        assert_eq!(manager.patch(&format!("/v1/calendars/{}", ALWAYS), shorter).await.status, 200);
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
        let (took, (longest, writes)) = tokio::join!(Box::pin(work), Box::pin(write));
        println!("100,000 open tickets computed anew in {took:?}; of {writes} writes meanwhile the longest took {longest:?}");
        assert_eq!(desk.rows("select count(*)::text from ticket_slas where calendar_version = 1").await, ["0"]);
    })
    .await;
    }
}
