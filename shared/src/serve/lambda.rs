//! AWS Lambda: HTTP events through `lambda_http`, SQS batches and schedules through `lambda_runtime`.
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, anyhow};
use axum::extract::Request;
use lambda_http::Adapter;
use lambda_http::lambda_runtime::{self, Error as LambdaError, LambdaEvent, service_fn};
use lambda_http::request::RequestContext;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{router, sqs};
use crate::app::App;
use crate::client::Peer;
use crate::function::{Function, JobWork, Work};
use crate::job;

mod event;

/// Serves the runtime API until it ends the process.
pub(super) async fn run(function: Function, app: App) -> Result<()> {
    match function.work {
        Work::Http(routes) => {
            let router = router(routes(), app).layer(axum::middleware::map_request(from_context));
            let service = Adapter::from(router).map_request(event::plain);
            lambda_runtime::run(service).await.map_err(|error| anyhow!(error))
        }
        Work::Job(work) => {
            let handler = service_fn(move |event: LambdaEvent<Value>| handle(app.clone(), work, event));
            lambda_runtime::run(handler).await.map_err(|error| anyhow!(error))
        }
    }
}

/// Serves any other program of the tree: each event, and how long it may take, to `handle`.
pub async fn events<H, O>(handle: H) -> Result<()>
where
    H: Fn(Value, Duration) -> O + Send + Sync,
    O: Future<Output = Result<Value>> + Send,
{
    let handle = &handle;
    let service = service_fn(move |event: LambdaEvent<Value>| async move {
        handle(event.payload, remaining(event.context.deadline)).await.map_err(|error| LambdaError::from(format!("{error:#}")))
    });
    lambda_runtime::run(service).await.map_err(|error| anyhow!(error))
}

async fn from_context(mut request: Request) -> Request {
    if let Some(peer) = peer(&request) {
        request.extensions_mut().insert(Peer(peer));
    }
    request
}

/// The gateway's word; a load balancer has none but the address that it appends to the header.
fn peer(request: &Request) -> Option<IpAddr> {
    match request.extensions().get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_ref()?.parse().ok(),
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_ref()?.parse().ok(),
        RequestContext::Alb(_) => {
            let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
            forwarded.rsplit(',').next()?.trim().parse().ok()
        }
        _ => None,
    }
}

/// An SQS batch, or any other event: a schedule.
async fn handle(app: App, work: JobWork, event: LambdaEvent<Value>) -> Result<Value, LambdaError> {
    match event.payload.get("Records") {
        Some(records) => Ok(sqs::batch(&app, &work, serde_json::from_value(records.clone())?).await),
        None => {
            let limit = remaining(event.context.deadline).saturating_sub(Duration::from_secs(5));
            let ran = job::drain(&app, &work, limit.max(Duration::from_secs(1))).await?;
            Ok(json!({"ran": ran}))
        }
    }
}

/// Until the invocation's deadline (milliseconds since the epoch).
fn remaining(deadline: u64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(deadline).saturating_sub(now)
}
