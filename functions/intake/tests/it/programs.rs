//! What programs send is never answered.
use serde_json::json;
use testkit::desk;

use crate::{Sample, Told, address};

#[tokio::test]
async fn our_own_mail_that_comes_back_is_dropped() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        let app = desk.app(testkit::home::mail());
        let marker = format!("X-ITSM-Desk: {}\r\nSubject: x", app.mail.marker());
        assert_eq!(told.answer("reply").with("Subject: Re: $SUBJECT", &marker).comes(desk).await, "done own");
        // Another desk's mark is not ours.
        assert_eq!(told.answer("reply").with("Subject: Re: $SUBJECT", "X-ITSM-Desk: another\r\nSubject: x").comes(desk).await, "done comment");
    })
    .await;
}

#[tokio::test]
async fn two_auto_responders_cause_no_loop() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        told.step(json!({"to": "resolved", "close_code": "solved", "close_notes": "Done."})).await;
        desk.work().await;
        let jobs = "select count(*)::text from jobs where queue in ('notify', 'mailer')";
        let before = desk.rows(jobs).await;
        for sample in [told.answer("vacation"), Sample::new("vacation", &address(&told.agent, "agent")).with("$ANSWERS", &told.message_id)] {
            assert_eq!(sample.comes(desk).await, "done automatic");
        }
        // Noted, and nobody is told: there is nothing that could be answered again.
        assert_eq!(desk.rows(jobs).await, before);
        assert_eq!(told.incident().await["state"], "resolved");
        let comments = told.comments().await;
        assert_eq!(comments.len(), 2);
        assert!(comments.iter().all(|(visibility, _, body)| visibility == "work_note" && body.contains("I am away until Monday.")));
        assert!(!told.caller.get(&format!("{}/comments", told.path)).await.body.contains("away"));
    })
    .await;
}

#[tokio::test]
async fn a_list_and_a_bounce_are_noted_and_change_nothing() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        told.step(json!({"to": "on_hold", "hold_reason": "caller", "comment": "Which room?"})).await;
        assert_eq!(told.answer("list").comes(desk).await, "done automatic");
        assert_eq!(Sample::new("bounce", "").with("$TO", &told.reply_to).comes(desk).await, "done bounce");
        assert_eq!(told.incident().await["state"], "on_hold");
        let notes: Vec<_> = told.comments().await.into_iter().filter(|(visibility, ..)| visibility == "work_note").collect();
        assert!(notes[1].2.contains("user unknown"), "{notes:?}");
        // One that nobody knows what it is about.
        assert_eq!(Sample::new("bounce", "").comes(desk).await, "done bounce");
        assert_eq!(told.comments().await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_rule_does_not_answer_a_program() {
    desk(async |desk| {
        let (told, admin) = (Told::new(desk).await, desk.person("admin").await);
        let action = json!({"do": "comment", "body": "We have it.", "visibility": "public"});
        let rule = admin.post("/v1/rules", json!({"name": "polite", "events": ["commented"], "actions": [action]})).await;
        assert_eq!(rule.status, 201, "{}", rule.body);
        assert_eq!(Sample::new("bounce", "").with("$TO", &told.reply_to).comes(desk).await, "done bounce");
        assert_eq!(told.answer("vacation").comes(desk).await, "done automatic");
        assert_eq!((told.comments().await.len(), desk.rows("select outcome from rule_runs").await), (2, Vec::<String>::new()));
        assert_eq!(told.answer("reply").comes(desk).await, "done comment");
        // What it says itself it leaves alone.
        assert_eq!(
            (told.comments().await.len(), desk.rows("select outcome from rule_runs order by id").await),
            (4, vec!["done".into(), "skipped".into()])
        );
    })
    .await;
}

#[tokio::test]
async fn each_sign_of_a_program_is_enough() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        for sign in ["Auto-Submitted: auto-generated", "Precedence: bulk", "Precedence: junk", "X-Auto-Response-Suppress: OOF", "List-Id: <a.b>"] {
            let sample = told.answer("reply").with("Subject: Re: $SUBJECT", &format!("{sign}\r\nSubject: x"));
            assert_eq!(sample.comes(desk).await, "done automatic", "{sign}");
        }
        for no_sign in ["Auto-Submitted: no", "Precedence: first-class"] {
            let sample = told.answer("reply").with("Subject: Re: $SUBJECT", &format!("{no_sign}\r\nSubject: x"));
            assert_eq!(sample.comes(desk).await, "done comment", "{no_sign}");
        }
        assert_eq!(
            told.answer("reply")
                .with("Return-Path: <$FROM>", "Return-Path: <>")
                .with(&format!("Return-Path: <{}>", told.from()), "Return-Path: <>")
                .comes(desk)
                .await,
            "done bounce"
        );
    })
    .await;
}
