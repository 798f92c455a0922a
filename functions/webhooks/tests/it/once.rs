//! `POST /v1/webhooks/{id}/ping` and `.../replay` under an Idempotency-Key
use http::Method;
use serde_json::json;
use testkit::desk;

use crate::made;

#[tokio::test]
async fn a_repeat_gets_the_same_answer_and_is_one_delivery() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let path = made(&admin).await;
        let ping = format!("{path}/ping");
        let first = admin.send(Method::POST, &ping, &[("idempotency-key", "k")], None).await;
        let again = admin.send(Method::POST, &ping, &[("idempotency-key", "k")], None).await;
        assert_eq!((first.status, again.status, &first.json()), (202, 202, &again.json()), "{}", again.body);
        assert_eq!(desk.rows("select count(*)::text from webhook_deliveries").await, ["1"]);
        let delivery = first.json()["id"].as_str().unwrap().to_owned();
        let replay = format!("{path}/deliveries/{delivery}/replay");
        assert_eq!(admin.post(&replay, json!({})).await.status, 409, "it waits");
        desk.execute("update webhook_deliveries set state = 'dead', finished_at = now(), attempts = 3").await;
        let first = admin.send(Method::POST, &replay, &[("idempotency-key", "r")], None).await;
        let again = admin.send(Method::POST, &replay, &[("idempotency-key", "r")], None).await;
        assert_eq!((first.status, again.status, &first.json()), (200, 200, &again.json()), "{}", again.body);
        assert_eq!((&first.json()["state"], &first.json()["attempts"]), (&json!("pending"), &json!(3)));
        assert_eq!(admin.post(&replay.replace(&delivery, &uuid::Uuid::now_v7().to_string()), json!({})).await.status, 404);
        admin.patch(&path, json!({"active": false})).await;
        assert_eq!(admin.post(&ping, json!({})).await.status, 409, "it is stopped");
    })
    .await;
}
