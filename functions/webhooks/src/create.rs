//! `POST /v1/webhooks`
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::webhook::{Secret, explained, known, new_secret, reachable};

/// A webhook to add.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhook {
    /// Where to post to: https, and a public address.
    #[schema(max_length = 2000, example = "https://example.com/hooks/desk")]
    url: String,
    #[serde(default)]
    #[schema(max_length = 4000)]
    description: String,
    /// What to deliver: `subject.verb`, `subject.*` or `*`; everything but work notes, if not said.
    #[serde(default = "everything")]
    #[schema(min_items = 1, max_items = 100, example = json!(["incident.*"]))]
    events: Vec<String>,
    /// Whether it is told of restricted tickets and teams too; not, if not said.
    #[serde(default)]
    restricted: bool,
}

fn everything() -> Vec<String> {
    vec!["*".to_owned()]
}

/// Add a webhook; administrators only. It is told of what happens from now on, and its secret is shown this once.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = Secret), (status = 400), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422), (status = 503)))]
pub(crate) async fn create(State(app): State<App>, caller: Caller, new: Body<NewWebhook>) -> Result<Response, Error> {
    reachable(&app, &new.value.url)?;
    known(&new.value.events)?;
    let asked = serde_json::to_string(&new.value).map_err(|error| Error::Internal(error.into()))?;
    let params = [Uuid::now_v7().into(), asked.into(), new_secret()?.into(), app.now().into()];
    let body = explained(caller.ask(&app, CREATE, &params).await)?.body()?;
    Secret::shown(StatusCode::CREATED, body)
}
const CREATE: &str = include_str!("../sql/create.sql");
