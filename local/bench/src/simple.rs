//! The simplest SQL that gives the same bodies: no rights, no event, no idempotency, no guard.
use axum::extract::{Path, State};
use axum::response::Response;

use crate::Bare;
use crate::answer::Param::{Int, Text};
use crate::answer::{Failed, body, text};
use crate::same::with_id;

const GET: &str = include_str!("../sql/get.sql");
const LIST: &str = include_str!("../sql/list.sql");
const CREATE: &str = include_str!("../sql/create.sql");
const PATCH: &str = include_str!("../sql/patch.sql");

pub(crate) async fn get(State(bare): State<Bare>, Path(id): Path<String>) -> Result<Response, Failed> {
    Ok(body(text(&bare.pool, GET, &[Text(Some(&id))]).await?))
}

pub(crate) async fn list(State(bare): State<Bare>) -> Result<Response, Failed> {
    Ok(body(text(&bare.pool, LIST, &[Int(Some(50))]).await?))
}

pub(crate) async fn create(State(bare): State<Bare>, request: String) -> Result<Response, Failed> {
    Ok(body(text(&bare.pool, CREATE, &[Text(Some(&with_id(&request))), Text(Some(&bare.user))]).await?))
}

pub(crate) async fn patch(State(bare): State<Bare>, Path(id): Path<String>, request: String) -> Result<Response, Failed> {
    Ok(body(text(&bare.pool, PATCH, &[Text(Some(&id)), Text(Some(&request))]).await?))
}
