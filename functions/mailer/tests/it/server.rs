//! What becomes of a mail that the server does not take.
use testkit::desk;
use testkit::smtp::{Fate, Sink};

use crate::{later, sending, states, told};

#[tokio::test]
async fn what_is_refused_for_now_is_sent_later() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        told(desk, &app).await;
        sink.next(&[Fate::Refuse(451), Fate::Refuse(421)]);
        for _ in 0..2 {
            later(desk).await;
            assert_eq!(desk.drain(&app, "mailer").await, 1);
            assert_eq!((states(desk).await, sink.taken().len()), (vec!["queued".to_owned()], 0));
        }
        assert!(desk.rows("select last_error from jobs where queue = 'mailer'").await[0].contains("421"));
        later(desk).await;
        desk.drain(&app, "mailer").await;
        assert_eq!((states(desk).await, sink.taken().len()), (vec!["sent".to_owned()], 1));
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_tried_again() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        told(desk, &app).await;
        sink.next(&[Fate::Refuse(550)]);
        assert_eq!(desk.drain(&app, "mailer").await, 1);
        assert_eq!(states(desk).await, ["refused"]);
        assert!(desk.rows("select refusal from mails").await[0].contains("550"));
        later(desk).await;
        assert_eq!((desk.drain(&app, "mailer").await, sink.taken().len()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn our_own_credentials_are_no_fault_of_the_mail() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        told(desk, &app).await;
        sink.next(&[Fate::Refuse(530)]);
        desk.drain(&app, "mailer").await;
        assert_eq!(states(desk).await, ["queued"]);
        later(desk).await;
        desk.drain(&app, "mailer").await;
        assert_eq!(states(desk).await, ["sent"]);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_away_is_waited_for() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let gone = sending(desk, "smtp://127.0.0.1:1");
        told(desk, &gone).await;
        assert_eq!(desk.drain(&gone, "mailer").await, 1);
        assert_eq!(states(desk).await, ["queued"]);
        later(desk).await;
        let back = sending(desk, sink.url());
        desk.drain(&back, "mailer").await;
        assert_eq!((states(desk).await, sink.taken().len()), (vec!["sent".to_owned()], 1));
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_may_have_been_taken_comes_again_under_the_same_id() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        let (_, caller, _) = told(desk, &app).await;
        sink.next(&[Fate::Vanish]);
        desk.drain(&app, "mailer").await;
        assert_eq!(states(desk).await, ["queued"]);
        later(desk).await;
        desk.drain(&app, "mailer").await;
        let taken = sink.taken();
        assert_eq!((taken.len(), states(desk).await), (2, vec!["sent".to_owned()]));
        assert_eq!(taken[0].header("Message-ID"), taken[1].header("Message-ID"));
        assert_eq!(taken[0].header("Reply-To"), taken[1].header("Reply-To"));
        assert_eq!(caller.get("/v1/notifications?count=true").await.json()["total"], 1);
    })
    .await;
}
