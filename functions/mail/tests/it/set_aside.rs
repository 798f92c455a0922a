//! `/v1/mail/set-aside`: the list, one mail, `retry` and `DELETE`
use serde_json::{Value, json};
use testkit::{Desk, Person, desk};

/// From somebody whom nobody vouches for: intake sets it aside.
fn message(number: usize) -> String {
    format!(
        "From: Ada <ada@example.com>\r\nTo: desk@desk.example\r\nMessage-ID: <{number}@example.com>\r\nSubject: Printer {number}\r\n\r\nIt jams \u{1f61c}.\r\n"
    )
}

/// So many that were set aside, and an administrator.
async fn admin_with(desk: &Desk, count: usize) -> Person<'_> {
    for number in 1..=count {
        assert_eq!(desk.receive(message(number).as_bytes()).await.status, 202);
    }
    desk.work().await;
    assert_eq!(desk.rows("select distinct state || ' ' || outcome from inbound_mails").await, ["set_aside unverified"]);
    desk.person("admin").await
}

async fn items(admin: &Person<'_>, query: &str) -> (Vec<Value>, Option<String>) {
    let reply = admin.get(&format!("/v1/mail/set-aside{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let page = reply.json();
    (page["items"].as_array().unwrap().clone(), page["next"].as_str().map(str::to_owned))
}

fn path(mail: &Value) -> String {
    format!("/v1/mail/set-aside/{}", mail["id"].as_str().unwrap())
}

async fn told(desk: &Desk) -> Vec<String> {
    desk.rows(
        "select verb || ' ' || (changes -> 'state')::text || ' ' || (changes -> 'reason')::text from events where subject = 'mail' order by seq",
    )
    .await
}

#[tokio::test]
async fn administrators_list_them_page_by_page_and_read_one() {
    desk(async |desk| {
        let admin = admin_with(desk, 3).await;
        let (first, next) = items(&admin, "?limit=2").await;
        let (second, end) = items(&admin, &format!("?limit=2&cursor={}", next.unwrap())).await;
        assert_eq!((first.len(), second.len(), end), (2, 1, None));
        let newest = &first[0];
        assert_eq!(
            (&newest["reason"], &newest["mailbox"], &newest["sender"]),
            (&json!("unverified"), &json!("desk@desk.example"), &json!("ada@example.com"))
        );
        assert_eq!((&newest["size"], &newest["attachments"], &newest["source"]), (&json!(message(3).len()), &json!(0), &Value::Null));
        let whole = admin.get(&path(newest)).await.json();
        assert_eq!((&whole["source"], &whole["id"]), (&json!(message(3)), &newest["id"]));
        for wrong in ["?limit=0", "?cursor=x", "?state=done"] {
            assert_eq!(admin.get(&format!("/v1/mail/set-aside{wrong}")).await.status, 400, "{wrong}");
        }
        assert_eq!(admin.get("/v1/mail/set-aside/x").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn what_no_encoding_has_is_shown_all_the_same() {
    desk(async |desk| {
        assert_eq!(desk.receive(b"From: <ada@example.com>\r\nTo: desk@desk.example\r\n\r\n\xff\x00\\ \xc3\x28\r\n").await.status, 202);
        desk.work().await;
        let admin = desk.person("admin").await;
        let (mails, _) = items(&admin, "").await;
        let source = admin.get(&path(&mails[0])).await.json()["source"].as_str().unwrap().to_owned();
        assert!(source.ends_with("\r\n\r\n\u{fffd}\0\\ \u{fffd}(\r\n"), "{source:?}");
    })
    .await;
}

#[tokio::test]
async fn one_is_taken_anew_once_and_decided_anew() {
    desk(async |desk| {
        let admin = admin_with(desk, 1).await;
        let (mails, _) = items(&admin, "").await;
        let (retry, key) = (format!("{}/retry", path(&mails[0])), [("idempotency-key", "k")]);
        let retried = admin.post_with(&retry, &key, json!({})).await;
        assert_eq!((retried.status, retried.json()), (202, json!({"id": mails[0]["id"], "state": "received"})), "{}", retried.body);
        assert_eq!(items(&admin, "").await.0.len(), 0);
        let again = admin.post_with(&retry, &key, json!({})).await;
        assert_eq!((again.status, again.body), (202, retried.body));
        let conflict = admin.post(&retry, json!({})).await;
        assert_eq!((conflict.status, conflict.problem().as_str()), (409, "conflict"));
        // The person was made meanwhile, and whoever handed the message over vouches for them.
        desk.execute(
            "update inbound_mails set raw = convert_to('Authentication-Results: mx.desk.example; dmarc=pass header.from=example.com' || chr(13) || chr(10), 'UTF8') || raw",
        )
        .await;
        desk.work().await;
        assert_eq!(desk.rows("select state || ' ' || outcome || ' ' || tries from inbound_mails").await, ["done incident 1"]);
        assert_eq!(told(desk).await, [r#"retried ["set_aside", "received"] ["unverified", null]"#]);
        assert_eq!(admin.post(&retry, json!({})).await.status, 409);
        assert_eq!(admin.get(&path(&mails[0])).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn one_is_discarded_and_its_like_is_known_still() {
    desk(async |desk| {
        let admin = admin_with(desk, 2).await;
        let (mails, _) = items(&admin, "").await;
        assert_eq!(admin.delete(&path(&mails[0])).await.status, 204);
        assert_eq!(items(&admin, "").await.0.len(), 1);
        assert_eq!(admin.delete(&path(&mails[0])).await.status, 404);
        assert_eq!(admin.post(&format!("{}/retry", path(&mails[0])), json!({})).await.status, 409);
        assert_eq!(
            desk.rows("select state || ' ' || outcome || ' ' || length(raw) from inbound_mails where state = 'done'").await,
            ["done discarded 0"]
        );
        assert_eq!(desk.receive_at(message(2).as_bytes(), 1).await.json(), json!({"stored": false}));
        assert_eq!(told(desk).await, [r#"discarded ["set_aside", "done"] ["unverified", null]"#]);
    })
    .await;
}

#[tokio::test]
async fn nobody_else_sees_or_touches_one() {
    desk(async |desk| {
        let admin = admin_with(desk, 1).await;
        let (mails, _) = items(&admin, "").await;
        for role in ["requester", "agent", "manager", "auditor"] {
            let person = desk.person(role).await;
            assert_eq!(person.get("/v1/mail/set-aside").await.status, 403, "{role}");
            assert_eq!(person.get(&path(&mails[0])).await.status, 403, "{role}");
            assert_eq!(person.post(&format!("{}/retry", path(&mails[0])), json!({})).await.status, 403, "{role}");
            assert_eq!(person.delete(&path(&mails[0])).await.status, 403, "{role}");
        }
        assert_eq!(desk.nobody().get("/v1/mail/set-aside").await.status, 401);
        assert_eq!(items(&admin, "").await.0.len(), 1);
    })
    .await;
}
