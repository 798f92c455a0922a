//! Somebody answers.
use serde_json::json;
use testkit::desk;

use crate::{Sample, Told, address, id_of, mails};

#[tokio::test]
async fn by_its_token_an_answer_is_the_comment_of_whoever_was_written_to() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        let outcome =
            told.answer("reply").with("$ANSWERS", "nothing@elsewhere.example").with(&told.message_id, "nothing@elsewhere.example").comes(desk).await;
        assert_eq!(outcome, "done comment");
        assert_eq!(told.comments().await, [("public".into(), told.caller.id.to_string(), "It still drops, even in the café.".into())]);
        assert_eq!(told.incident().await["state"], "new");
        // The assignee hears of it like of any comment.
        assert!(told.agent.get("/v1/notifications").await.body.contains("caf\u{e9}"));
    })
    .await;
}

#[tokio::test]
async fn by_reference_and_by_number_from_an_authentic_author() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        assert_eq!(Sample::new("reply", &told.from()).with("$ANSWERS", &told.message_id).comes(desk).await, "done comment");
        assert_eq!(Sample::new("reply", &told.from()).with("$SUBJECT", &format!("about {}", told.number)).comes(desk).await, "done comment");
        assert_eq!(told.comments().await.len(), 2);
        // An answer to what somebody else wrote by mail.
        let first = desk.rows("select identity from inbound_mails order by received_at limit 1").await.remove(0);
        assert_eq!(Sample::new("reply", &address(&told.agent, "agent")).with("$ANSWERS", &first).comes(desk).await, "done comment");
        assert_eq!(told.comments().await[2].1, told.agent.id.to_string());
    })
    .await;
}

#[tokio::test]
async fn what_answers_a_work_note_is_one_and_a_requesters_is_nobodys() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        let other = desk.person("agent").await;
        let note = other.post(&format!("{}/comments", told.path), json!({"body": "The switch is broken.", "visibility": "work_note"})).await;
        assert_eq!(note.status, 201, "{}", note.body);
        let note = mails(desk).await.remove(0);
        let agents = |from: &str, answers: &str| Sample::new("reply", from).with("$ANSWERS", answers);
        let (agent, id) = (address(&told.agent, "agent"), id_of(&note));
        // By its token, by reference, by a token of an older secret and the number.
        let token = agents(&agent, "nothing@elsewhere.example").with("$TO", &note.header("Reply-To"));
        let signed_otherwise = token.with("$DMARC", "none").text();
        assert_eq!(crate::comes(desk, signed_otherwise.as_bytes()).await, "done work_note");
        assert_eq!(agents(&agent, &id).comes(desk).await, "done work_note");
        let (local, domain) = note.header("Reply-To").split_once('@').map(|(local, domain)| (local.to_owned(), domain.to_owned())).unwrap();
        let last = if local.ends_with('a') { "i" } else { "a" };
        let old = Sample::new("reply", &agent).with("$TO", &format!("{}{last}@{domain}", &local[..local.len() - 1])).with("$SUBJECT", &told.number);
        assert_eq!(old.comes(desk).await, "done work_note");
        // And what answers such an answer.
        let answer = desk.rows("select identity from inbound_mails order by received_at limit 1").await.remove(0);
        assert_eq!(agents(&address(&other, "agent"), &answer).comes(desk).await, "done work_note");
        assert_eq!(agents(&told.from(), &id).comes(desk).await, "done unverified");
        let comments = told.comments().await;
        assert_eq!(comments.len(), 6);
        assert!(comments.iter().all(|(visibility, ..)| visibility == "work_note"), "{comments:?}");
        assert_eq!(comments.iter().filter(|(_, author, _)| *author == told.agent.id.to_string()).count(), 3);
        assert!(!told.caller.get(&format!("{}/comments", told.path)).await.body.contains("still drops"));
        // What the same people say to what the caller was told is for the caller.
        assert_eq!(agents(&agent, &told.message_id).comes(desk).await, "done comment");
    })
    .await;
}

#[tokio::test]
async fn clocks_hear_what_comes_by_mail() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        for metric in ["response", "update"] {
            let always = "00000000-0000-7000-8000-000000000247";
            let sla = json!({"name": metric, "type": "sla", "metric": metric, "goal": {"seconds": 14400}, "calendar_id": always});
            assert_eq!(manager.post("/v1/slas", sla).await.status, 201);
        }
        let told = Told::new(desk).await;
        let stages = async || {
            let standing = told.agent.get(&format!("{}/slas", told.path)).await.json();
            let text = |of: &serde_json::Value| format!("{} {} {}", of["metric"].as_str().unwrap(), of["stage"].as_str().unwrap(), of["cycle"]);
            (standing["items"].as_array().unwrap().iter().map(text).collect::<Vec<_>>(), told.incident().await["due_at"].is_string())
        };
        assert_eq!(told.answer("reply").comes(desk).await, "done comment");
        assert_eq!(stages().await, (vec!["response in_progress 1".into()], true));
        let agent = || Sample::new("reply", &address(&told.agent, "agent")).with("$ANSWERS", &told.message_id);
        assert_eq!(agent().comes(desk).await, "done comment");
        assert_eq!(stages().await, (vec!["response completed 1".into()], false));
        for cycle in 1..3 {
            assert_eq!(told.answer("reply").comes(desk).await, "done comment");
            assert_eq!(stages().await, (vec!["response completed 1".into(), format!("update in_progress {cycle}")], true));
            assert_eq!(agent().comes(desk).await, "done comment");
            assert_eq!(stages().await, (vec!["response completed 1".into(), format!("update completed {cycle}")], false));
        }
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_the_caller_goes_on_when_they_answer() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        told.step(json!({"to": "on_hold", "hold_reason": "caller", "comment": "Which room?"})).await;
        assert_eq!(told.answer("reply").comes(desk).await, "done comment");
        assert_eq!(told.incident().await["state"], "in_progress");
    })
    .await;
}

#[tokio::test]
async fn what_is_resolved_is_reopened_by_its_caller_alone() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        told.step(json!({"to": "resolved", "close_code": "solved", "close_notes": "Done."})).await;
        let watcher = desk.person("requester").await;
        assert_eq!(told.agent.put(&format!("{}/watchers/{}", told.path, watcher.id)).await.status, 204);
        assert_eq!(Sample::new("reply", &address(&watcher, "requester")).with("$ANSWERS", &told.message_id).comes(desk).await, "done comment");
        assert_eq!(told.incident().await["state"], "resolved");
        assert_eq!(told.answer("reply").comes(desk).await, "done comment");
        let incident = told.incident().await;
        assert_eq!((&incident["state"], &incident["reopen_count"], &incident["close_code"]), (&json!("in_progress"), &json!(1), &json!(null)));
    })
    .await;
}

#[tokio::test]
async fn what_is_closed_is_followed_by_a_new_incident_that_is_linked() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        told.step(json!({"to": "resolved", "close_code": "solved", "close_notes": "Done."})).await;
        desk.execute("update tickets set state = 'closed', closed_at = now()").await;
        assert_eq!(told.answer("reply").with("$SUBJECT", &format!("[{}] VPN drops", told.number)).comes(desk).await, "done incident");
        assert_eq!(told.incident().await["state"], "closed");
        assert!(told.comments().await.is_empty());
        let links = told.caller.get(&format!("{}/links", told.path)).await.json()["items"].clone();
        assert_eq!((links.as_array().unwrap().len(), &links[0]["kind"]), (1, &json!("relates")));
        let new = told.caller.get(&format!("/v1/incidents/{}", links[0]["ticket"]["id"].as_str().unwrap())).await.json();
        assert_eq!((&new["channel"], &new["caller_id"], &new["state"]), (&json!("email"), &json!(told.caller.id), &json!("new")));
        assert_eq!(new["description"], "It still drops, even in the caf\u{e9}.");
    })
    .await;
}

#[tokio::test]
async fn what_was_merged_is_answered_where_it_is() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        let target = told.agent.post("/v1/incidents", json!({"short_description": "All VPNs"})).await.json();
        let merged = told.agent.post(&format!("{}/merge", told.path), json!({"into": target["number"]})).await;
        assert_eq!(merged.status, 200, "{}", merged.body);
        assert_eq!(told.answer("reply").comes(desk).await, "done comment");
        let comments = told.agent.get(&format!("/v1/incidents/{}/comments", target["id"].as_str().unwrap())).await;
        assert_eq!(comments.json()["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_message_is_one_comment_however_often_it_comes() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        let text = told.answer("reply").text();
        for seconds in [0, 1, 2] {
            assert_eq!(desk.receive_at(text.as_bytes(), seconds).await.status, 202);
            desk.work().await;
        }
        desk.execute("update jobs set state = 'queued', run_at = now(), finished_at = null where queue = 'intake'").await;
        desk.work().await;
        assert_eq!(told.comments().await.len(), 1);
    })
    .await;
}
