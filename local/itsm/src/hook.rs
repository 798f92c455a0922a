//! `itsm` as a function of AWS Lambda, where no command line is: it migrates, before the functions of a new version are there.
//!
//! CloudFormation asks by a custom resource and waits for the outcome at an address that it gives
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html>); whoever asks by hand is answered directly.
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::fetch::Fetch;
use tokio::runtime::Handle;

use crate::migrate::{migrate, newest, unfolded, version};

/// What is left of the function's time for the answer.
const ANSWERING: Duration = Duration::from_secs(30);
/// Characters of a reason: the whole answer may have 4,096 bytes.
const REASON: usize = 900;

/// A custom resource's request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    #[serde(rename = "ResponseURL")]
    response_url: String,
    request_type: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
}

/// Whether this process is a function.
pub fn is_asked() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

/// Serves the runtime API until it ends the process. `DATABASE_URL` is the owner's.
pub async fn serve() -> Result<()> {
    shared::telemetry::init();
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL is not set")?;
    shared::serve::events(|event, time| handle(&url, event, time)).await
}

/// Migrates, whatever the event is; but a resource that is deleted leaves the data where it is.
pub async fn handle(url: &str, event: Value, time: Duration) -> Result<Value> {
    let Some(asked) = event.get("ResponseURL").map(|_| Asked::deserialize(&event)).transpose()? else {
        return within(url, time).await;
    };
    let outcome = if asked.request_type == "Delete" { Ok(json!({})) } else { within(url, time).await };
    let put = Fetch::new(true).put(&asked.response_url, asked.answer(&outcome).to_string()).await?; // in a VPC, S3 may have a private address
    ensure!(put.status == 200, "CloudFormation did not take the answer: {} {}", put.status, put.body);
    outcome
}

/// Late is a failure that is told, not a function that was ended.
async fn within(url: &str, time: Duration) -> Result<Value> {
    let migrating = tokio::time::timeout(time.saturating_sub(ANSWERING), bring(url));
    let outcome = migrating.await.unwrap_or_else(|_| Err(anyhow!("not migrated in time")));
    if let Err(error) = &outcome {
        tracing::error!(cause = format!("{error:#}"), "could not migrate");
    }
    outcome.map(|version| json!({"version": version}))
}

/// A database that is ahead stays: this is an older version whose deployment is rolled back, and every migration bears the version before.
async fn bring(url: &str) -> Result<i64> {
    let version = version(url).await?;
    if version > newest() {
        tracing::warn!(version, newest = newest(), "the database is ahead of this version");
        return Ok(version);
    }
    let (owned, runtime) = (url.to_owned(), Handle::current());
    // sqlx's migrations cannot be shown to be Send, which the runtime API asks for.
    tokio::task::spawn_blocking(move || runtime.block_on(migrate(&owned))).await??;
    if let Ok(Some(warning)) = unfolded(url).await {
        tracing::warn!(warning);
    }
    tracing::info!(from = version, to = newest(), "migrated");
    Ok(newest())
}

impl Asked {
    fn answer(&self, outcome: &Result<Value>) -> Value {
        let (status, reason) = match outcome {
            Ok(_) => ("SUCCESS", String::new()),
            Err(error) => ("FAILED", format!("{error:#}").chars().take(REASON).collect()),
        };
        json!({
            "Status": status, "Reason": reason, "PhysicalResourceId": "schema",
            "StackId": self.stack_id, "RequestId": self.request_id, "LogicalResourceId": self.logical_resource_id,
            "Data": outcome.as_ref().unwrap_or(&json!({})),
        })
    }
}
