//! Nobody gets by mail what they do not have.
use serde_json::json;
use testkit::desk;

use crate::{Sample, Told, address};

#[tokio::test]
async fn a_name_that_nobody_vouches_for_leaves_a_work_note() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        told.step(json!({"to": "on_hold", "hold_reason": "caller", "comment": "Which room?"})).await;
        let forged = Sample::new("reply", &told.from()).with("$DMARC", "fail").with("$ANSWERS", &told.message_id);
        assert_eq!(forged.comes(desk).await, "done unverified");
        assert_eq!(told.incident().await["state"], "on_hold");
        let (visibility, author, body) = told.comments().await.pop().unwrap();
        assert_eq!(visibility, "work_note");
        assert_ne!(author, told.caller.id.to_string());
        assert!(body.starts_with("UNVERIFIED") && body.contains(&told.from()) && body.contains("It still drops"), "{body}");
        assert!(!told.caller.get(&format!("{}/comments", told.path)).await.body.contains("still drops"));
        assert_eq!(desk.rows("select count(*)::text from watchers").await, ["0"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_in_other_hands_is_nobodys() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        let other = address(&desk.person("requester").await, "requester");
        let forwarded = Sample::new("reply", &other).with("$TO", &told.reply_to).with("$DMARC", "none");
        assert_eq!(forwarded.comes(desk).await, "done unverified");
        // Authentic, and still somebody who does not see the ticket.
        assert_eq!(Sample::new("reply", &other).with("$TO", &told.reply_to).comes(desk).await, "done unverified");
        // A token that was changed is none at all.
        let (local, domain) = told.reply_to.split_once('@').unwrap();
        let last = if local.ends_with('a') { 'b' } else { 'a' };
        let changed = format!("{}{last}@{domain}", &local[..local.len() - 2]);
        let sample = Sample::new("reply", &told.from()).with("$TO", &changed).with("$DMARC", "none");
        assert_eq!(sample.comes(desk).await, "set_aside unverified");
        assert!(told.comments().await.iter().all(|(visibility, ..)| visibility == "work_note"));
    })
    .await;
}

#[tokio::test]
async fn a_number_is_no_key_to_what_one_does_not_see() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        let stranger = desk.person("requester").await;
        let sample = |dmarc: &str| Sample::new("reply", &address(&stranger, "requester")).with("$DMARC", dmarc).with("$SUBJECT", &told.number);
        assert_eq!(sample("none").comes(desk).await, "set_aside unverified");
        assert_eq!(sample("pass").comes(desk).await, "done incident");
        assert!(told.comments().await.is_empty());
        assert_eq!(desk.rows("select count(*)::text from links").await, ["0"]);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_incident_takes_no_outsiders_word() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        let (team, outsider) = (desk.team("HR", true).await, desk.person("agent").await);
        desk.execute(&format!("update tickets set restricted_to = '{team}'")).await;
        let sample = Sample::new("reply", &address(&outsider, "agent")).with("$SUBJECT", &told.number);
        assert_eq!(sample.comes(desk).await, "done incident");
        let sample = Sample::new("reply", &address(&outsider, "agent")).with("$ANSWERS", &told.message_id);
        assert_eq!(sample.comes(desk).await, "done unverified");
        // Its caller still answers.
        assert_eq!(told.answer("reply").comes(desk).await, "done comment");
    })
    .await;
}
