//! What deliveries are signed with.
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;
use testkit::desk;

use crate::{deliver, hook, raise};
use testkit::receiver::{Received, Receiver};

/// Whether one of the signatures is by this secret, as a receiver would look.
fn is_signed(received: &Received, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", received.id(), received.headers["webhook-timestamp"], received.body).as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    received.headers["webhook-signature"].split(' ').any(|signature| signature == expected)
}

#[tokio::test]
async fn old_and_new_secret_sign_while_both_are_good() {
    desk(async |desk| {
        let (admin, agent, receiver) = (desk.person("admin").await, desk.person("agent").await, Receiver::start().await);
        let (id, first) = hook(&admin, &receiver.url, json!({})).await;
        let rotate = format!("/v1/webhooks/{id}/rotate");
        raise(&agent, json!({"short_description": "x"})).await;
        deliver(desk).await;
        let second = admin.post(&rotate, json!({})).await.json()["secret"].as_str().unwrap().to_owned();
        raise(&agent, json!({"short_description": "x"})).await;
        deliver(desk).await;
        desk.execute("update webhooks set old_secret_until = now()").await;
        raise(&agent, json!({"short_description": "x"})).await;
        deliver(desk).await;
        let third = admin.post(&rotate, json!({"overlap_hours": 0})).await.json()["secret"].as_str().unwrap().to_owned();
        raise(&agent, json!({"short_description": "x"})).await;
        deliver(desk).await;
        let signed: Vec<[bool; 3]> = receiver.received().iter().map(|one| [&first, &second, &third].map(|secret| is_signed(one, secret))).collect();
        assert_eq!(signed, [[true, false, false], [true, true, false], [false, true, false], [false, false, true]]);
    })
    .await;
}

#[tokio::test]
async fn a_ping_is_a_delivery_like_others_and_for_one_alone() {
    desk(async |desk| {
        let (admin, receiver, other) = (desk.person("admin").await, Receiver::start().await, Receiver::start().await);
        let (id, secret) = hook(&admin, &receiver.url, json!({"events": ["incident.created"]})).await;
        hook(&admin, &other.url, json!({})).await;
        let pinged = admin.post(&format!("/v1/webhooks/{id}/ping"), json!({})).await;
        assert_eq!(pinged.status, 202, "{}", pinged.body);
        deliver(desk).await;
        assert_eq!((receiver.types(), other.received().len()), (vec!["webhook.pinged".to_owned()], 0));
        assert!(is_signed(&receiver.received()[0], &secret));
        let log = admin.get(&format!("/v1/webhooks/{id}/deliveries")).await.json();
        assert_eq!((&log["items"][0]["id"], &log["items"][0]["state"]), (&pinged.json()["id"], &json!("delivered")));
    })
    .await;
}
