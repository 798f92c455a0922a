//! A mail says nothing that its reader may not see, and is asked that when it is sent.
use serde_json::json;
use testkit::desk;
use testkit::smtp::Sink;

use crate::{raised, sending, states, told};

#[tokio::test]
async fn what_was_restricted_meanwhile_is_not_sent() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        let [inside, outside] = [desk.person("agent").await, desk.person("agent").await];
        let team = desk.team("HR", true).await;
        desk.execute(&format!("insert into team_members (team_id, user_id) values ('{team}', '{}')", inside.id)).await;
        let path = raised(&inside, json!({"short_description": "canary"})).await;
        assert_eq!(inside.put(&format!("{path}/watchers/{}", outside.id)).await.status, 204);
        assert_eq!(inside.post(&format!("{path}/comments"), json!({"body": "canary"})).await.status, 201);
        desk.drain(&app, "notify").await;
        assert_eq!(states(desk).await, ["queued"]);
        assert_eq!(inside.patch(&path, json!({"restricted_to": team})).await.status, 200);
        desk.drain(&app, "notify").await;
        desk.drain(&app, "mailer").await;
        assert_eq!((states(desk).await, sink.taken().len()), (vec!["dropped".to_owned()], 0));
    })
    .await;
}

#[tokio::test]
async fn a_work_note_is_mailed_to_no_requester() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        let (path, caller, agent) = told(desk, &app).await;
        let worker = desk.person("agent").await;
        for person in [&caller, &worker] {
            assert_eq!(agent.put(&format!("{path}/watchers/{}", person.id)).await.status, 204);
        }
        assert_eq!(agent.post(&format!("{path}/comments"), json!({"body": "canarynote", "visibility": "work_note"})).await.status, 201);
        desk.drain(&app, "notify").await;
        // Whoever is a requester by the time it is sent.
        desk.execute(&format!("update users set role = 'requester' where id = '{}'", worker.id)).await;
        desk.drain(&app, "mailer").await;
        assert!(sink.taken().iter().all(|mail| !mail.message.contains("canarynote")));
        assert_eq!(states(desk).await, ["sent", "dropped"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_left_gets_none() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = sending(desk, sink.url());
        let (_, caller, _) = told(desk, &app).await;
        desk.execute(&format!("update users set active = false where id = '{}'", caller.id)).await;
        desk.drain(&app, "mailer").await;
        assert_eq!((states(desk).await, sink.taken().len()), (vec!["dropped".to_owned()], 0));
    })
    .await;
}
