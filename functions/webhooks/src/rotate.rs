//! `POST /v1/webhooks/{id}/rotate`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::error::Error;
use utoipa::ToSchema;

use crate::webhook::{self, Secret, new_secret};

/// Hours that a secret may go on beside the next, at most.
const LONGEST: i64 = 168;

/// How long the secret until now goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// Hours in which deliveries are signed with both: 0 to 168, 24 if not said. 0 for a secret that somebody else has seen.
    #[serde(default = "a_day")]
    #[schema(minimum = 0, maximum = 168)]
    overlap_hours: i64,
}

fn a_day() -> i64 {
    24
}

/// Give a webhook a new secret, which is shown this once; administrators only.
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate", tag = "webhooks", request_body = Rotation, params(("id" = Uuid, Path)),
    responses((status = 200, body = Secret), (status = 400), (status = 401), (status = 403), (status = 404), (status = 413), (status = 415),
              (status = 422), (status = 503)))]
pub(crate) async fn rotate(State(app): State<App>, caller: Caller, Path(id): Path<String>, rotation: Body<Rotation>) -> Result<Response, Error> {
    let hours = rotation.value.overlap_hours;
    if !(0..=LONGEST).contains(&hours) {
        return Err(Error::invalid("/overlap_hours", "It is from 0 to 168."));
    }
    let params = [webhook::id(&id)?, new_secret()?.into(), hours.into(), app.now().into()];
    Secret::shown(StatusCode::OK, caller.ask(&app, ROTATE, &params).await?.body()?)
}
const ROTATE: &str = include_str!("../sql/rotate.sql");
