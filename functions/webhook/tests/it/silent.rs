//! History that is imported is not delivered.
use serde_json::json;
use testkit::desk;

use crate::{deliver, hook, raise, states};
use testkit::receiver::Receiver;

#[tokio::test]
async fn a_silent_connection_makes_no_deliveries_and_others_do() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        hook(&admin, &receiver.url, json!({})).await;
        desk.execute("set itsm.silent = 'on'; insert into events (at, subject, verb) values (now(), 'settings', 'updated')").await;
        assert!(states(desk).await.is_empty());
        raise(&agent, json!({"short_description": "x"})).await;
        deliver(desk).await;
        assert_eq!(receiver.types(), ["incident.created"]);
    })
    .await;
}
