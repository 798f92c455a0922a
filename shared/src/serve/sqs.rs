//! A batch of SQS records, as Lambda hands it in: a step for each, and those whose outcome could not be recorded are reported.
use serde::Deserialize;
use serde_json::{Value, json};

use super::cloudevent::Message;
use crate::app::App;
use crate::function::JobWork;
use crate::job;

/// One message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Names it in the answer.
    pub message_id: String,
    /// `{"job": id}`
    pub body: String,
}

/// One step per record, whatever their order and however often each comes; SQS sends those again that `batchItemFailures` names.
pub async fn batch(app: &App, work: &JobWork, records: Vec<Record>) -> Value {
    let mut failed = Vec::new();
    for record in records {
        let outcome = match serde_json::from_str::<Message>(&record.body).ok().and_then(|message| message.job) {
            Some(id) => job::step(app, work, id).await.map(drop).map_err(|error| error.to_string()),
            None => Err("not a job's message".to_owned()),
        };
        if let Err(cause) = outcome {
            tracing::warn!(queue = work.queue, message_id = record.message_id, cause, "record failed");
            failed.push(json!({"itemIdentifier": record.message_id}));
        }
    }
    json!({"batchItemFailures": failed})
}
