//! What the home `sqs` alone can show: that bells arrive, and what a batch answers. No schedule runs here.
use crate::elsewhere;
use serde_json::{Value, json};
use testkit::home::sqs::Batch;
use testkit::{Desk, Person, desk};

const QUEUE: &str = "sweep";

/// An agent at a desk that closes at once.
async fn agent(desk: &Desk) -> Person<'_> {
    let admin = desk.person("admin").await;
    assert_eq!(admin.patch("/v1/settings", json!({"auto_close_days": 0})).await.status, 200);
    desk.person("agent").await
}

/// A resolved incident's path; its bell has rung.
async fn resolved(agent: &Person<'_>) -> String {
    let incident = agent.post("/v1/incidents", json!({"short_description": "x"})).await.json();
    let path = format!("/v1/incidents/{}", incident["id"].as_str().unwrap());
    let step = json!({"to": "resolved", "close_code": "solved", "close_notes": "done"});
    assert_eq!(agent.post(&format!("{path}/transitions"), step).await.status, 200);
    path
}

async fn state(agent: &Person<'_>, path: &str) -> Value {
    agent.get(path).await.json()["state"].clone()
}

#[tokio::test]
async fn a_bell_arrives_as_a_message_and_its_job_runs_without_any_schedule() {
    if elsewhere("sqs") {
        return;
    }
    desk(async |desk| {
        let (sqs, agent) = (desk.sqs(), agent(desk).await);
        let path = resolved(&agent).await;
        assert_eq!(sqs.waiting(QUEUE).await, 1);
        let batch = sqs.poll(QUEUE).await.expect("a message");
        assert_eq!((batch.messages.len(), batch.failed.len()), (1, 0));
        assert_eq!(state(&agent, &path).await, "closed");
        assert_eq!(sqs.poll(QUEUE).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_batch_reports_the_malformed_record_alone_and_it_ends_in_the_dead_letter_queue() {
    if elsewhere("sqs") {
        return;
    }
    desk(async |desk| {
        let (sqs, agent) = (desk.sqs(), agent(desk).await);
        let path = resolved(&agent).await;
        let malformed = sqs.send(QUEUE, "not a message").await;
        let unknown = sqs.send(QUEUE, r#"{"job":999999999}"#).await;
        let Batch { messages, failed } = sqs.poll(QUEUE).await.expect("three messages");
        assert_eq!(messages.len(), 3);
        assert!(messages.contains(&unknown));
        assert_eq!(failed, [malformed.as_str()]);
        assert_eq!(state(&agent, &path).await, "closed");
        let again = sqs.deliver(QUEUE).await;
        assert!(again.iter().all(|batch| batch.failed == [malformed.as_str()]), "{again:?}");
        assert_eq!((sqs.waiting(QUEUE).await, sqs.dead(QUEUE).await), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_doubled_message_has_one_effect() {
    if elsewhere("sqs") {
        return;
    }
    desk(async |desk| {
        let (sqs, agent) = (desk.sqs(), agent(desk).await);
        let path = resolved(&agent).await;
        let job = desk.rows("select json_build_object('job', id)::text from jobs where queue = 'sweep'").await.remove(0);
        sqs.send(QUEUE, &job).await;
        let batches = sqs.deliver(QUEUE).await;
        assert_eq!(batches.iter().map(|batch| (batch.messages.len(), batch.failed.len())).collect::<Vec<_>>(), [(2, 0)]);
        assert_eq!(agent.get(&path).await.json()["version"], 3);
        assert_eq!(desk.rows("select verb from events where verb = 'closed'").await, ["closed"]);
        assert_eq!(desk.rows("select state || ' ' || attempt from jobs where queue = 'sweep'").await, ["done 1"]);
    })
    .await;
}

#[tokio::test]
async fn without_any_bell_the_schedule_finds_the_job() {
    if elsewhere("sqs") {
        return;
    }
    desk(async |desk| {
        let (sqs, agent) = (desk.sqs(), agent(desk).await);
        let path = resolved(&agent).await;
        sqs.lose(QUEUE).await;
        assert_eq!(sqs.poll(QUEUE).await, None);
        desk.work().await;
        assert_eq!(state(&agent, &path).await, "closed");
    })
    .await;
}
