//! The canary, for webhooks: a restricted ticket and a work note hold unique words, and no webhook without the right is sent word, id or number.
use serde_json::json;
use testkit::desk;

use crate::{deliver, hook, raise};
use testkit::receiver::Receiver;

const SECRET: &str = "canaryrestricted7c1f";
const NOTE: &str = "canaryworknote9d2e";

#[tokio::test]
async fn no_webhook_without_the_right_is_sent_what_is_hidden() {
    desk(async |desk| {
        let (admin, member) = (desk.person("admin").await, desk.person("agent").await);
        let receivers = [Receiver::start().await, Receiver::start().await, Receiver::start().await];
        hook(&admin, &receivers[0].url, json!({})).await;
        hook(&admin, &receivers[1].url, json!({"events": ["*", "incident.*", "team.*", "user.*"]})).await;
        hook(&admin, &receivers[2].url, json!({"restricted": true, "events": ["*", "incident.work_note"]})).await;
        let team = desk.team(SECRET, true).await;
        desk.execute(&format!("insert into team_members (team_id, user_id) values ('{team}', '{}')", member.id)).await;
        let secret =
            raise(&member, json!({"short_description": SECRET, "description": SECRET, "restricted_to": team, "custom": {SECRET: SECRET}})).await;
        let noted = raise(&member, json!({"short_description": "nothing special"})).await;
        let number = member.get(&secret).await.json()["number"].as_str().unwrap().to_owned();
        for (path, what) in [
            (format!("{secret}/comments"), json!({"body": SECRET, "visibility": "public"})),
            (format!("{noted}/comments"), json!({"body": NOTE, "visibility": "work_note"})),
            (format!("{noted}/links"), json!({"kind": "relates", "ticket": number})),
            (format!("{secret}/transitions"), json!({"to": "resolved", "close_code": "solved", "close_notes": SECRET})),
        ] {
            let reply = member.post(&path, what).await;
            assert!(reply.status < 300, "{}", reply.body);
        }
        assert_eq!(member.patch(&noted, json!({"parent_id": null})).await.status, 200);
        deliver(desk).await;
        let id = secret.rsplit('/').next().unwrap();
        for receiver in &receivers[..2] {
            assert!(receiver.received().len() >= 2);
            for received in receiver.received() {
                for trace in [SECRET, NOTE, id, &number] {
                    assert!(!received.body.contains(trace), "{trace}: {}", received.body);
                }
            }
        }
        let all: String = receivers[2].received().into_iter().map(|received| received.body).collect();
        assert!([SECRET, NOTE, id, &number].iter().all(|trace| all.contains(trace)));
    })
    .await;
}
