//! `POST /v1/mail/inbound`
use http::Method;
use serde_json::json;
use shared::mail::signature::sign;
use testkit::home::INBOUND_SECRET;
use testkit::{Desk, desk};

const MESSAGE: &[u8] = b"From: Ada <ada@example.com>\r\nTo: desk@desk.example\r\nMessage-ID: <1@example.com>\r\nSubject: x\r\n\r\nHello.\r\n";

/// What is kept: mailbox, identity, state.
async fn kept(desk: &Desk) -> Vec<String> {
    desk.rows("select mailbox || ' ' || identity || ' ' || convert_from(raw, 'UTF8') from inbound_mails order by received_at").await
}

/// What was kept is not this function's to work off.
async fn tidy(desk: &Desk) {
    desk.execute("delete from jobs where queue = 'intake'").await;
}

#[tokio::test]
async fn a_message_is_kept_once_to_the_byte() {
    desk(async |desk| {
        let first = desk.receive(MESSAGE).await;
        assert_eq!((first.status, first.json()), (202, json!({"stored": true})));
        let again = desk.receive_at(MESSAGE, 1).await;
        assert_eq!((again.status, again.json()), (202, json!({"stored": false})));
        let text = String::from_utf8(MESSAGE.to_vec()).unwrap();
        assert_eq!(kept(desk).await, [format!("desk@desk.example 1@example.com {text}")]);
        assert_eq!(desk.rows("select max_attempts || ' ' || queue from jobs").await, ["4 intake"]);
        // The same message in another mailbox is another one.
        let other = text.replace("To: desk@", "Delivered-To: hr@example.com\r\nTo: desk@");
        assert_eq!(desk.receive(other.as_bytes()).await.json(), json!({"stored": true}));
        tidy(desk).await;
    })
    .await;
}

#[tokio::test]
async fn one_without_an_id_is_known_by_its_bytes() {
    desk(async |desk| {
        let text = String::from_utf8(MESSAGE.to_vec()).unwrap().replace("Message-ID: <1@example.com>\r\n", "");
        assert_eq!(desk.receive(text.as_bytes()).await.json(), json!({"stored": true}));
        assert_eq!(desk.receive_at(text.as_bytes(), 1).await.json(), json!({"stored": false}));
        assert_eq!(desk.receive(text.replace("Hello", "Hallo").as_bytes()).await.json(), json!({"stored": true}));
        assert_eq!(desk.rows("select distinct (identity = hash)::text from inbound_mails").await, ["true"]);
        tidy(desk).await;
    })
    .await;
}

#[tokio::test]
async fn a_signature_is_good_once_and_for_five_minutes() {
    desk(async |desk| {
        let timestamp = shared::app::now().as_second().to_string();
        let signature = sign(INBOUND_SECRET, &timestamp, MESSAGE);
        let send = async |timestamp: &str, signature: &str, body: &[u8]| {
            let headers = [("content-type", "message/rfc822"), ("x-mail-timestamp", timestamp), ("x-mail-signature", signature)];
            desk.nobody().send(Method::POST, "/v1/mail/inbound", &headers, Some(body.to_vec())).await
        };
        assert_eq!(send(&timestamp, &signature, b"From: x@y.z\r\n\r\nother").await.status, 401);
        assert_eq!(send(&timestamp, &sign("other", &timestamp, MESSAGE), MESSAGE).await.status, 401);
        assert_eq!(send(&timestamp, "", MESSAGE).await.status, 401);
        assert_eq!(send("now", &signature, MESSAGE).await.status, 401);
        assert_eq!(send(&timestamp, &signature, MESSAGE).await.status, 202);
        let replayed = send(&timestamp, &signature, MESSAGE).await;
        assert_eq!((replayed.status, replayed.problem().as_str()), (409, "conflict"));
        for seconds in [-400, 400] {
            assert_eq!(desk.receive_at(MESSAGE, seconds).await.status, 401, "{seconds}");
        }
        assert_eq!(desk.nobody().send(Method::POST, "/v1/mail/inbound", &[], Some(MESSAGE.to_vec())).await.status, 401);
        assert_eq!(kept(desk).await.len(), 1);
        tidy(desk).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    desk(async |desk| {
        for body in [&b""[..], b"{}", b"Subject: x\r\n\r\nneither from nor to", &[0xff; 100]] {
            assert_eq!(desk.receive(body).await.status, 400);
        }
        assert!(kept(desk).await.is_empty());
    })
    .await;
}
