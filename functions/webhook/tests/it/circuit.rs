//! A receiver that fails for long.
use serde_json::json;
use testkit::desk;

use crate::{deliver, health, hook, later, raise, states};
use testkit::receiver::Receiver;

#[tokio::test]
async fn the_circuit_opens_after_five_failures_and_one_success_closes_it() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        let (id, _) = hook(&admin, &receiver.url, json!({})).await;
        receiver.answers(&["503 Down"; 5]);
        for _ in 0..3 {
            raise(&agent, json!({"short_description": "x"})).await;
        }
        assert_eq!(health(&admin, &id).await["circuit"], "ok");
        deliver(desk).await;
        assert_eq!(health(&admin, &id).await["circuit"], "failing");
        for _ in 0..4 {
            later(desk).await;
        }
        let open = health(&admin, &id).await;
        assert_eq!((&open["circuit"], &open["failures"], &open["pending"], &open["sequence"]), (&json!("open"), &json!(5), &json!(3), &json!(1)));
        let wait = desk.rows("select (next_at - now() between interval '14 minutes' and interval '17 minutes')::text from webhooks").await;
        assert_eq!(wait, ["true"], "it is paused");
        later(desk).await;
        let closed = health(&admin, &id).await;
        assert_eq!(
            (&closed["circuit"], &closed["failures"], &closed["pending"], &closed["failing_since"]),
            (&json!("ok"), &json!(0), &json!(0), &json!(null))
        );
        assert_eq!(states(desk).await, ["delivered 6", "delivered 1", "delivered 1"]);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_is_given_up_after_a_day_and_can_be_replayed() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        let (id, _) = hook(&admin, &receiver.url, json!({})).await;
        receiver.answers(&["400 No", "400 No"]);
        for _ in 0..2 {
            raise(&agent, json!({"short_description": "x"})).await;
        }
        deliver(desk).await;
        desk.execute("update webhook_deliveries set first_at = first_at - interval '24 hours' where attempts > 0").await;
        later(desk).await;
        assert_eq!(states(desk).await, ["dead 2", "pending 0"]);
        later(desk).await;
        assert_eq!(states(desk).await, ["dead 2", "delivered 1"]);
        let dead = admin.get(&format!("/v1/webhooks/{id}/deliveries?state=dead")).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let replay = admin.post(&format!("/v1/webhooks/{id}/deliveries/{dead}/replay"), json!({})).await;
        assert_eq!((replay.status, &replay.json()["state"]), (200, &json!("pending")), "{}", replay.body);
        deliver(desk).await;
        assert_eq!(states(desk).await, ["delivered 3", "delivered 1"]);
        let received = receiver.received();
        assert_eq!(received[3].id(), format!("msg_{}", dead.replace('-', "")));
        assert_eq!((received[0].id(), received[3].headers["webhook-sequence"].as_str()), (received[3].id(), "1"));
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_fails_for_days_or_is_gone_is_disabled_and_administrators_see_it() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let (failing, gone) = (Receiver::start().await, Receiver::start().await);
        let (first, _) = hook(&admin, &failing.url, json!({})).await;
        let (second, _) = hook(&admin, &gone.url, json!({})).await;
        failing.answers(&["500 No", "500 No"]);
        gone.answers(&["410 Gone"]);
        raise(&agent, json!({"short_description": "x"})).await;
        deliver(desk).await;
        desk.execute("update webhooks set failing_since = failing_since - interval '3 days' where active").await;
        later(desk).await;
        for (id, reason) in [(&first, "it failed for three days"), (&second, "it answered 410 Gone")] {
            let webhook = admin.get(&format!("/v1/webhooks/{id}")).await.json();
            assert_eq!((&webhook["active"], &webhook["disabled_reason"], &webhook["version"]), (&json!(false), &json!(reason), &json!(2)));
            assert_eq!(health(&admin, id).await["circuit"], "disabled");
        }
        desk.settle().await;
        let events = admin.get("/v1/events?subject=webhook&verb=disabled").await.json();
        let told: Vec<_> =
            events["items"].as_array().unwrap().iter().map(|event| event["changes"]["webhook_id"][0].as_str().unwrap().to_owned()).collect();
        assert_eq!(told.len(), 2);
        assert!(told.contains(&first) && told.contains(&second));
        // Made active again, it begins with what it did not get.
        let revived = admin.patch(&format!("/v1/webhooks/{first}"), json!({"active": true})).await;
        assert_eq!((&revived.json()["active"], &revived.json()["disabled_reason"]), (&json!(true), &json!(null)));
        deliver(desk).await;
        assert_eq!(failing.received().len(), 3);
        assert_eq!(health(&admin, &first).await["circuit"], "ok");
    })
    .await;
}
