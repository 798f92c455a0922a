//! `POST /v1/webhooks/{id}/deliveries/{delivery}/replay`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use shared::app::App;
use shared::caller::{Answer, Caller, Refusal};
use shared::conditional::json;
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::write::committed;

use crate::delivery::Delivery;
use crate::once::answered;
use crate::webhook;

const ROUTE: &str = "POST /v1/webhooks/deliveries/replay ";

/// Deliver again what was delivered, given up or withheld; administrators only. It keeps its id, and comes before all that waits.
#[utoipa::path(post, path = "/v1/webhooks/{id}/deliveries/{delivery}/replay", tag = "webhooks",
    params(("id" = Uuid, Path), ("delivery" = Uuid, Path),
           ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 200, body = Delivery), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "it is pending already"), (status = 503)))]
pub(crate) async fn replay(
    State(app): State<App>, caller: Caller, Path((id, delivery)): Path<(String, String)>, key: IdempotencyKey,
) -> Result<Response, Error> {
    let delivery = webhook::id(&delivery)?;
    let params = [webhook::id(&id)?, delivery.clone(), key.param(), ROUTE.into()];
    let body = match caller.ask(&app, REPLAY, &params).await? {
        Answer::Refused(Refusal::Replay) => answered(&app, &caller, ROUTE, delivery, &key).await?,
        Answer::Body(text) if text == "\"conflict\"" => return Err(Error::Conflict("This delivery waits already.".into())),
        answer => committed(&app, &answer.body()?).await?,
    };
    Ok(json(StatusCode::OK, body))
}
const REPLAY: &str = include_str!("../sql/replay.sql");
