//! What is not taken is sent again, before anything else.
use serde_json::json;
use testkit::desk;

use crate::{deliver, hook, later, raise, states};
use testkit::receiver::Receiver;

#[tokio::test]
async fn the_first_blocks_until_it_is_delivered_under_the_same_id() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        let (id, _) = hook(&admin, &receiver.url, json!({})).await;
        receiver.answers(&["500 No", "404 No"]);
        for _ in 0..2 {
            raise(&agent, json!({"short_description": "x"})).await;
        }
        deliver(desk).await;
        assert_eq!(states(desk).await, ["pending 1", "pending 0"]);
        desk.work().await;
        assert_eq!(states(desk).await, ["pending 1", "pending 0"], "not before its time");
        let log = admin.get(&format!("/v1/webhooks/{id}/deliveries?state=pending")).await.json();
        let (waiting, head) = (&log["items"][0], &log["items"][1]);
        assert_eq!((&head["response_status"], &head["response_body"], &head["attempts"]), (&json!(500), &json!("hello"), &json!(1)));
        assert!(head["next_at"].is_string() && waiting["next_at"].is_null());
        later(desk).await;
        later(desk).await;
        assert_eq!(states(desk).await, ["delivered 3", "delivered 1"]);
        let received = receiver.received();
        assert_eq!((received[0].id(), received[1].id()), (received[2].id(), received[2].id()));
        assert_eq!(received[0].body, received[2].body);
        assert_ne!(received[2].id(), received[3].id());
        assert_eq!((received[2].headers["webhook-sequence"].as_str(), received[3].headers["webhook-sequence"].as_str()), ("1", "2"));
    })
    .await;
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
        hook(&admin, &receiver.url, json!({})).await;
        receiver.answers(&[&format!("307 Elsewhere\r\nlocation: {}", elsewhere.url)]);
        raise(&agent, json!({"short_description": "x"})).await;
        deliver(desk).await;
        assert_eq!((states(desk).await, elsewhere.received().len()), (vec!["pending 1".to_owned()], 0));
    })
    .await;
}

#[tokio::test]
async fn nobody_there_is_a_failure_that_is_told() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let (id, _) = hook(&admin, "http://127.0.0.1:9/", json!({})).await;
        raise(&agent, json!({"short_description": "x"})).await;
        deliver(desk).await;
        let log = admin.get(&format!("/v1/webhooks/{id}/deliveries")).await.json();
        let failed = &log["items"][0];
        assert!(failed["response_status"].is_null() && failed["error"].as_str().unwrap().starts_with("no connection"), "{failed}");
    })
    .await;
}

/// The worker is gone after the receiver has the message and before that is recorded: its claim is another's by then, as after a kill.
#[tokio::test]
async fn a_worker_lost_between_sending_and_recording_sends_the_same_message_again() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        hook(&admin, &receiver.url, json!({})).await;
        raise(&agent, json!({"short_description": "first"})).await;
        raise(&agent, json!({"short_description": "second"})).await;
        let database = desk.database.clone();
        receiver.before_answering(move || {
            let database = database.clone();
            let taken =
                "update jobs set attempt = attempt + 1, locked_until = now() + interval '1 minute' where queue = 'webhook' and state = 'running'";
            async move { database.execute(taken).await }
        });
        deliver(desk).await;
        assert_eq!((states(desk).await, receiver.received().len()), (vec!["pending 1".to_owned(), "pending 0".to_owned()], 1));
        desk.work().await;
        assert_eq!(receiver.received().len(), 1, "another worker has it");
        desk.execute("update jobs set locked_until = now() - interval '1 second' where queue = 'webhook' and state = 'running'").await;
        desk.work().await;
        let received = receiver.received();
        assert_eq!(states(desk).await, ["delivered 2", "delivered 1"]);
        assert_eq!(
            (received[0].id(), received[0].headers["webhook-sequence"].as_str()),
            (received[1].id(), received[1].headers["webhook-sequence"].as_str())
        );
        assert_eq!(received.len(), 3);
    })
    .await;
}
