//! Mail by HTTP, in every home: what a mail API is sent, and what becomes of a mail by what it says.
use serde_json::{Value, json};
use shared::config::{MailApiConfig, MailApiKind, MailConfig};
use testkit::home::{Setting, mail};
use testkit::receiver::{Received, Receiver};
use testkit::{Desk, desk_with};

use crate::{later, raised, states};

/// Runs a test in a home whose mail goes to an API of this kind.
async fn sending_to(kind: MailApiKind, test: impl AsyncFnOnce(&Desk, &Receiver)) {
    let receiver = Receiver::start().await;
    let api = MailApiConfig { url: receiver.url.clone(), kind, token: "test-mail-token".into() };
    let setting = Setting { mail: MailConfig { api, ..mail() }, ..Setting::default() };
    desk_with(setting, async |desk| test(desk, &receiver).await).await;
}

/// Somebody for whom an incident was raised, and who was sent a mail of it if the API took it: the path, and where the mail goes.
async fn told(desk: &Desk) -> (String, String) {
    let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
    let path = raised(&agent, json!({"short_description": "VPN \"drops\"", "caller_id": caller.id})).await;
    desk.execute(&format!("update users set name = 'Ülo \"Ü\" Õ' where id = '{}'", caller.id)).await;
    desk.work().await;
    (path.rsplit('/').next().unwrap().to_owned(), format!("requester-{}@example.com", caller.id))
}

fn only(receiver: &Receiver) -> Received {
    let mut received = receiver.received();
    assert_eq!(received.len(), 1, "{received:?}");
    received.remove(0)
}

/// The headers of docs/MAIL.md, but for what the API has fields for.
fn has_the_headers(headers: &Value, ticket: &str) {
    let thread = format!("<{ticket}@desk.example>");
    assert!(headers["Message-ID"].as_str().unwrap().starts_with(&format!("<{ticket}.")), "{headers}");
    assert_eq!((&headers["In-Reply-To"], &headers["References"]), (&json!(thread), &json!(thread)));
    assert_eq!((&headers["Auto-Submitted"], &headers["X-Auto-Response-Suppress"]), (&json!("auto-generated"), &json!("All")));
    assert_eq!(headers["Content-Language"], "en");
    assert!(headers["X-ITSM-Desk"].as_str().is_some_and(|mark| !mark.is_empty()), "{headers}");
}

#[tokio::test]
async fn a_mail_is_one_post_with_all_its_parts() {
    sending_to(MailApiKind::Generic, async |desk, receiver| {
        let (ticket, to) = told(desk).await;
        let (sent, mail) = (only(receiver), only(receiver).json());
        assert_eq!((sent.line.as_str(), sent.headers["content-type"].as_str()), ("POST /hook?of=desk", "application/json"));
        assert_eq!(sent.headers["authorization"], "Bearer test-mail-token");
        has_the_headers(&mail["headers"], &ticket);
        assert_eq!(format!("<{}>", mail["message_id"].as_str().unwrap()), mail["headers"]["Message-ID"]);
        assert_eq!(mail["from"], json!({"name": "The Desk", "address": "desk@desk.example"}));
        assert_eq!(mail["to"], json!({"name": "Ülo \"Ü\" Õ", "address": to}));
        assert!(mail["reply_to"].as_str().is_some_and(|to| to.starts_with("desk+") && to.ends_with("@desk.example")));
        assert_eq!(mail["return_path"], mail["reply_to"]);
        assert!(mail["subject"].as_str().is_some_and(|subject| subject.starts_with("[INC0") && subject.ends_with("VPN \"drops\"")));
        assert!(mail["text"].as_str().is_some_and(|text| text.contains("raised this incident")));
        assert!(mail["html"].as_str().is_some_and(|html| html.contains("VPN &quot;drops&quot;")), "{mail}");
        assert_eq!(states(desk).await, ["sent"]);
    })
    .await;
}

#[tokio::test]
async fn postmark_is_sent_what_it_takes() {
    sending_to(MailApiKind::Postmark, async |desk, receiver| {
        receiver.answers(&["200 OK\n\n{\"ErrorCode\":0,\"Message\":\"OK\"}"]);
        let (ticket, to) = told(desk).await;
        let (sent, mail) = (only(receiver), only(receiver).json());
        assert_eq!(sent.headers["x-postmark-server-token"], "test-mail-token");
        assert!(!sent.headers.contains_key("authorization"));
        assert_eq!((&mail["From"], &mail["To"]), (&json!("\"The Desk\" <desk@desk.example>"), &json!(format!("\"Ülo \\\"Ü\\\" Õ\" <{to}>"))));
        assert!(mail["ReplyTo"].as_str().is_some_and(|to| to.starts_with("desk+")));
        assert!(mail["Subject"].as_str().is_some_and(|subject| subject.starts_with("[INC0")));
        assert!(mail["TextBody"].as_str().is_some_and(|text| text.contains("raised this incident")) && mail["HtmlBody"].is_string());
        let headers = mail["Headers"].as_array().unwrap().iter().map(|header| (header["Name"].as_str().unwrap().to_owned(), header["Value"].clone()));
        let headers = Value::Object(headers.collect());
        has_the_headers(&headers, &ticket);
        assert_eq!(headers["X-PM-KeepID"], "true");
        assert_eq!(states(desk).await, ["sent"]);
    })
    .await;
}

#[tokio::test]
async fn what_an_api_refuses_for_good_is_not_sent_again() {
    sending_to(MailApiKind::Generic, async |desk, receiver| {
        receiver.answers(&["422 Unprocessable Content\n\nno such mailbox"]);
        told(desk).await;
        assert_eq!((states(desk).await, receiver.received().len()), (vec!["refused".to_owned()], 1));
        assert_eq!(desk.rows("select refusal from mails").await, ["the mail API said 422: no such mailbox"]);
        later(desk).await;
        desk.work().await;
        assert_eq!(receiver.received().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_postmark_an_inactive_recipient_is_final_and_a_bad_account_is_not() {
    sending_to(MailApiKind::Postmark, async |desk, receiver| {
        receiver.answers(&["422 Unprocessable Content\n\n{\"ErrorCode\":412,\"Message\":\"pending approval\"}"]);
        told(desk).await;
        assert_eq!(states(desk).await, ["queued"]);
        receiver.answers(&["422 Unprocessable Content\n\n{\"ErrorCode\":406,\"Message\":\"inactive recipient\"}"]);
        later(desk).await;
        desk.work().await;
        assert_eq!((states(desk).await, receiver.received().len()), (vec!["refused".to_owned()], 2));
    })
    .await;
}

#[tokio::test]
async fn what_no_answer_settles_is_sent_again_under_the_same_id() {
    sending_to(MailApiKind::Generic, async |desk, receiver| {
        // Too fast, broken, our token, and an answer that did not come: the last one may have been taken.
        let answers = ["429 Too Many Requests", "503 Service Unavailable", "401 Unauthorized", ""];
        receiver.answers(&answers);
        told(desk).await;
        for attempt in 1..=answers.len() {
            assert_eq!((states(desk).await, receiver.received().len()), (vec!["queued".to_owned()], attempt));
            later(desk).await;
            desk.work().await;
        }
        assert_eq!(states(desk).await, ["sent"]);
        let received = receiver.received();
        assert_eq!(received.len(), answers.len() + 1);
        assert!(received.iter().all(|again| again.body == received[0].body), "{received:?}");
    })
    .await;
}
