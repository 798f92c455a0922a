//! `POST /v1/webhooks/{id}/ping`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use shared::app::App;
use shared::caller::{Answer, Caller, Refusal};
use shared::conditional::json;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::committed;
use uuid::Uuid;

use crate::delivery::Delivery;
use crate::once::answered;
use crate::webhook;

const ROUTE: &str = "POST /v1/webhooks/ping ";

/// Send a webhook a test, of type `webhook.pinged`, after what it still has to get; administrators only. Its delivery tells what came of it.
#[utoipa::path(post, path = "/v1/webhooks/{id}/ping", tag = "webhooks",
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 202, body = Delivery), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "it is not active"), (status = 503)))]
pub(crate) async fn ping(State(app): State<App>, caller: Caller, Path(id): Path<String>, key: IdempotencyKey) -> Result<Response, Error> {
    let webhook = webhook::id(&id)?;
    let params = [webhook.clone(), Uuid::now_v7().into(), app.now().into(), key.param(), ROUTE.into()];
    let body = match caller.ask(&app, PING, &params).await? {
        Answer::Refused(Refusal::Replay) => answered(&app, &caller, ROUTE, webhook, &key).await?,
        Answer::Body(text) if text == "\"conflict\"" => return Err(Error::Conflict("This webhook is not active: make it so first.".into())),
        answer => committed(&app, &answer.body()?).await?,
    };
    Ok(json(StatusCode::ACCEPTED, body))
}
const PING: &str = include_str!("../sql/ping.sql");
