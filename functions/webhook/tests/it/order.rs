//! What is delivered, and in which order.
use serde_json::{Value, json};
use testkit::desk;

use crate::{deliver, hook, raise};
use testkit::receiver::Receiver;

#[tokio::test]
async fn each_event_once_in_the_feeds_order_as_an_administrator_sees_it() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        raise(&agent, json!({"short_description": "before the webhook"})).await;
        let (id, _) = hook(&admin, &receiver.url, json!({})).await;
        let path = raise(&agent, json!({"short_description": "x"})).await;
        for n in 0..4 {
            assert_eq!(agent.patch(&path, json!({"location": n.to_string()})).await.status, 200);
        }
        agent.post(&format!("{path}/comments"), json!({"body": "for all", "visibility": "public"})).await;
        agent.post(&format!("{path}/comments"), json!({"body": "for agents", "visibility": "work_note"})).await;
        deliver(desk).await;
        let received = receiver.received();
        assert_eq!(
            receiver.types(),
            ["incident.created", "incident.updated", "incident.updated", "incident.updated", "incident.updated", "incident.commented"]
        );
        let ticket = path.rsplit('/').next().unwrap();
        let feed = admin.get(&format!("/v1/events?ticket={ticket}&limit=200")).await.json();
        let public: Vec<&Value> = feed["items"].as_array().unwrap().iter().filter(|event| event["visibility"] == "public").collect();
        for (at, (received, event)) in received.iter().zip(public).enumerate() {
            let body = received.json();
            assert_eq!((&body["data"], &body["timestamp"]), (event, &event["at"]));
            assert_eq!(received.headers["webhook-sequence"], (at + 1).to_string());
            assert_eq!(received.headers["content-type"], "application/json");
        }
        deliver(desk).await;
        assert_eq!(receiver.received().len(), 6);
        let log = admin.get(&format!("/v1/webhooks/{id}/deliveries")).await.json();
        assert_eq!(
            (&log["items"][0]["state"], &log["items"][0]["type"], &log["items"][0]["sequence"]),
            (&json!("delivered"), &json!("incident.commented"), &json!(6))
        );
        assert_eq!(desk.rows("select count(*)::text from jobs where queue = 'webhook' and state <> 'done'").await, ["0"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_for_and_a_work_note_only_by_its_name() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let mut receivers = Vec::new();
        for events in [json!(["incident.commented"]), json!(["incident.work_note", "settings.*"]), json!(["incident.*"]), json!(["user.created"])] {
            let receiver = Receiver::start().await;
            hook(&admin, &receiver.url, json!({"events": events})).await;
            receivers.push(receiver);
        }
        let path = raise(&agent, json!({"short_description": "x"})).await;
        agent.post(&format!("{path}/comments"), json!({"body": "for all", "visibility": "public"})).await;
        agent.post(&format!("{path}/comments"), json!({"body": "for agents", "visibility": "work_note"})).await;
        assert_eq!(admin.patch("/v1/settings", json!({"auto_close_days": 3})).await.status, 200);
        deliver(desk).await;
        let types: Vec<_> = receivers.iter().map(Receiver::types).collect();
        assert_eq!(types[0], ["incident.commented"]);
        assert_eq!(types[1], ["incident.work_note", "settings.updated"]);
        assert_eq!(types[2], ["incident.created", "incident.commented"]);
        assert!(types[3].is_empty());
        assert!(receivers[1].received()[0].body.contains("for agents"));
    })
    .await;
}

/// Two workers at once, and a second job for the same endpoint: one delivery is in flight, and the order holds.
#[tokio::test]
async fn one_at_a_time_whoever_works() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        let (id, _) = hook(&admin, &receiver.url, json!({})).await;
        let path = raise(&agent, json!({"short_description": "x"})).await;
        for n in 0..9 {
            agent.patch(&path, json!({"location": n.to_string()})).await;
        }
        desk.settle().await;
        desk.execute(&format!("insert into jobs (queue, key, payload, run_at) values ('webhook', 'another', '{{\"webhook\": \"{id}\"}}', now())"))
            .await;
        tokio::join!(Box::pin(desk.work()), Box::pin(desk.work()), Box::pin(desk.work()));
        deliver(desk).await;
        let sequences: Vec<String> = receiver.received().iter().map(|received| received.headers["webhook-sequence"].clone()).collect();
        assert_eq!(sequences, (1..=10).map(|n| n.to_string()).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_stopped_or_deleted_webhook_gets_nothing() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        let (id, _) = hook(&admin, &receiver.url, json!({})).await;
        let webhook = format!("/v1/webhooks/{id}");
        raise(&agent, json!({"short_description": "waits"})).await;
        admin.patch(&webhook, json!({"active": false})).await;
        raise(&agent, json!({"short_description": "missed"})).await;
        deliver(desk).await;
        assert!(receiver.received().is_empty());
        admin.patch(&webhook, json!({"active": true})).await;
        deliver(desk).await;
        assert_eq!(receiver.received().len(), 1);
        assert!(receiver.received()[0].body.contains("waits"));
        raise(&agent, json!({"short_description": "too late"})).await;
        assert_eq!(admin.send(http::Method::DELETE, &webhook, &[], None).await.status, 204);
        deliver(desk).await;
        assert_eq!((receiver.received().len(), admin.get(&webhook).await.status), (1, 404));
        // The log goes with it, then the row.
        desk.execute("update webhooks set deleted_at = now() - interval '2 hours'").await;
        deliver(desk).await;
        deliver(desk).await;
        assert_eq!(desk.rows("select count(*)::text from webhooks").await, ["0"]);
    })
    .await;
}
