//! What a mail says, and to whom.
use serde_json::json;
use testkit::desk;
use testkit::smtp::Sink;

use crate::{sending, states, told};

#[tokio::test]
async fn a_mail_has_what_mail_programs_go_by() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        let (path, caller, agent) = told(desk, &app).await;
        assert_eq!(agent.post(&format!("{path}/comments"), json!({"body": "Is it <b>better</b>?\n.\nYes"})).await.status, 201);
        desk.drain(&app, "notify").await;
        assert_eq!(desk.drain(&app, "mailer").await, 2);
        let taken = sink.taken();
        assert_eq!((taken.len(), states(desk).await), (2, vec!["sent".to_owned(); 2]));
        let (raised, said) = (&taken[0], &taken[1]);
        let id = path.rsplit('/').next().unwrap();
        for mail in [raised, said] {
            assert_eq!(mail.to, format!("requester-{}@example.com", caller.id));
            assert_eq!(mail.header("From"), "\"The Desk\" <desk@desk.example>");
            assert!(mail.header("Reply-To").starts_with("desk+") && mail.header("Reply-To") == mail.from, "{}", mail.message);
            assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
            assert_eq!(mail.header("X-Auto-Response-Suppress"), "All");
            assert_eq!(mail.header("X-ITSM-Desk"), app.mail.marker());
            assert_eq!(mail.header("References"), format!("<{id}@desk.example>"));
            assert_eq!(mail.header("In-Reply-To"), mail.header("References"));
            assert!(mail.header("Subject").ends_with("VPN drops") && mail.header("Subject").starts_with("[INC0"));
            assert!(mail.header("Content-Type").starts_with("multipart/alternative"));
            assert!(!mail.header("Date").is_empty());
        }
        assert_ne!(raised.header("Message-ID"), said.header("Message-ID"));
        assert_ne!(raised.header("Reply-To"), said.header("Reply-To"));
        assert!(raised.header("Message-ID").starts_with(&format!("<{id}.")), "{}", raised.header("Message-ID"));
        let said = said.unbroken();
        assert!(said.contains("Is it <b>better</b>?") && said.contains("&lt;b&gt;better"), "{said}");
        assert!(raised.unbroken().contains("raised this incident"));
    })
    .await;
}

#[tokio::test]
async fn in_the_language_of_whoever_reads_it() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        told(desk, &app).await;
        desk.execute("update users set locale = 'de-CH', name = 'Ülo Õ' where role = 'requester'").await;
        desk.drain(&app, "mailer").await;
        let mail = sink.taken().remove(0);
        assert_eq!(mail.header("Content-Language"), "de");
        assert!(mail.header("To").starts_with("=?utf-8?"), "{}", mail.header("To"));
    })
    .await;
}

#[tokio::test]
async fn one_mail_for_each_who_wants_one() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        let (path, caller, agent) = told(desk, &app).await;
        let (watcher, silent) = (desk.person("agent").await, desk.person("agent").await);
        for person in [&watcher, &silent, &caller] {
            assert_eq!(agent.put(&format!("{path}/watchers/{}", person.id)).await.status, 204);
        }
        assert_eq!(silent.patch("/v1/notifications/preferences", json!({"commented": {"email": false}})).await.status, 200);
        assert_eq!(agent.post(&format!("{path}/comments"), json!({"body": "Hello."})).await.status, 201);
        desk.drain(&app, "notify").await;
        desk.drain(&app, "mailer").await;
        let said = sink.taken().into_iter().filter(|mail| mail.message.contains("Hello.")).collect::<Vec<_>>();
        let mut to: Vec<_> = said.iter().map(|mail| mail.to.clone()).collect();
        to.sort();
        assert_eq!(to, [format!("agent-{}@example.com", watcher.id), format!("requester-{}@example.com", caller.id)]);
        assert_eq!(said[0].header("Message-ID"), said[1].header("Message-ID"));
        assert_ne!(said[0].header("Reply-To"), said[1].header("Reply-To"));
    })
    .await;
}
