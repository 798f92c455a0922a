//! AWS Lambda: HTTP events through `lambda_http`, SQS batches and schedules through `lambda_runtime`.
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, anyhow};
use lambda_http::Adapter;
use lambda_http::lambda_runtime::{self, Error as LambdaError, LambdaEvent, service_fn};
use lambda_http::request::LambdaRequest;
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::internal::Message;
use super::router;
use crate::app::App;
use crate::function::{Function, JobWork, Work};
use crate::job;

/// Serves the runtime API until it ends the process.
pub(super) async fn run(function: Function, app: App) -> Result<()> {
    match function.work {
        Work::Http(routes) => {
            let service = Adapter::from(router(routes(), app)).map_request(with_a_query_of_a_uri);
            lambda_runtime::run(service).await.map_err(|error| anyhow!(error))
        }
        Work::Job(work) => {
            let handler = service_fn(move |event: LambdaEvent<Value>| handle(app.clone(), work, event));
            lambda_runtime::run(handler).await.map_err(|error| anyhow!(error))
        }
    }
}

/// `lambda_http` panics where the query is no URI's, and anybody may send a `<`: what may not stand in one is percent-encoded first.
fn with_a_query_of_a_uri(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload {
        request.raw_query_string = request.raw_query_string.take().map(|query| encoded(&query));
    }
    event
}

fn encoded(query: &str) -> String {
    let mut encoded = String::with_capacity(query.len());
    for byte in query.bytes() {
        match byte {
            b'"' | b'#' | b'<' | b'>' | ..=b' ' | 0x7f.. => encoded.push_str(&format!("%{byte:02X}")),
            _ => encoded.push(char::from(byte)),
        }
    }
    encoded
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    body: String,
}

/// An SQS batch, or any other event: a schedule.
async fn handle(app: App, work: JobWork, event: LambdaEvent<Value>) -> Result<Value, LambdaError> {
    match event.payload.get("Records") {
        Some(records) => batch(app, work, serde_json::from_value(records.clone())?).await,
        None => {
            let limit = remaining(event.context.deadline).saturating_sub(Duration::from_secs(5));
            let ran = job::drain(&app, &work, limit.max(Duration::from_secs(1))).await?;
            Ok(json!({"ran": ran}))
        }
    }
}

/// One step per record; the records whose outcome could not be recorded are reported, and SQS sends them again.
async fn batch(app: App, work: JobWork, records: Vec<Record>) -> Result<Value, LambdaError> {
    let mut failed = Vec::new();
    for record in records {
        let outcome = match serde_json::from_str::<Message>(&record.body).ok().and_then(|message| message.job()) {
            Some(id) => (work.step)(app.clone(), Some(id)).await.map(drop).map_err(|error| error.to_string()),
            None => Err("not a job's message".to_owned()),
        };
        if let Err(cause) = outcome {
            tracing::warn!(queue = work.queue, message_id = record.message_id, cause, "record failed");
            failed.push(json!({"itemIdentifier": record.message_id}));
        }
    }
    Ok(json!({"batchItemFailures": failed}))
}

/// Until the invocation's deadline (milliseconds since the epoch).
fn remaining(deadline: u64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(deadline).saturating_sub(now)
}
