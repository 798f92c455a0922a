//! `POST /v1/incidents/{id}/comments`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, json};
use shared::app::App;
use shared::body::Body;
use shared::caller::{Answer, Asked, Caller, Refusal};
use shared::conditional::{IfMatch, json as answered};
use shared::db::{Json, Param};
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::rules::sla::Said;
use shared::slas::{Clocks, Facts, book, book_of, is_stale};
use shared::write::committed;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::comments::{Comment, Visibility};
use crate::explained::explained;
use crate::read::read;
use crate::replay::replayed;
use crate::terms::Terms;

const ROUTE: &str = "POST /v1/incidents/comments ";
/// Bytes, as the schema has it.
const BYTES: usize = 65_536;

/// What is to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewComment {
    /// At most 65,536 bytes, not blank.
    #[schema(min_length = 1, example = "Which floor are you on?")]
    body: String,
    /// `public` if not said; `work_note` not for requesters.
    #[serde(default)]
    visibility: Visibility,
}

/// Say something. A caller's answer to an incident that is held for them takes it back to `in_progress`.
#[utoipa::path(post, path = "/v1/incidents/{id}/comments", tag = "incidents", request_body = NewComment,
    params(("id" = String, Path, description = "id or number"),
           ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 201, body = Comment), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "closed or canceled: raise a new one"), (status = 413), (status = 415), (status = 422),
              (status = 429), (status = 503)))]
pub(crate) async fn comment(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, key: IdempotencyKey, new: Body<NewComment>,
) -> Result<Response, Error> {
    let terms = Terms { if_match: IfMatch::version(None), key, digest: new.digest };
    Ok(answered(StatusCode::CREATED, perform(&app, &caller, &id, &terms, &new.value).await?))
}
const COMMENT: &str = include_str!("../sql/comment.sql");

/// The saying itself; answers the comment. A comment has no version to match.
pub(crate) async fn perform(app: &App, caller: &Caller, id: &str, terms: &Terms, new: &NewComment) -> Result<Json, Error> {
    if new.body.trim().is_empty() || new.body.len() > BYTES {
        return Err(Error::invalid("/body", "It has 1 to 65,536 bytes and is not blank."));
    }
    loop {
        let outcome = attempt(app, caller, id, terms, new).await?;
        if is_stale(app, &outcome) {
            continue;
        }
        return match explained(outcome)? {
            Answer::Refused(Refusal::Replay) => replayed(app, caller, ROUTE, &terms.key, Some(id), &terms.digest).await,
            answer => committed(app, &answer.body()?).await,
        };
    }
}

/// The statement, with the clocks that what is said moves.
async fn attempt(app: &App, caller: &Caller, id: &str, terms: &Terms, new: &NewComment) -> Result<Result<Answer, Asked>, Error> {
    let (clocks, now) = moved(app, caller, id, new).await?;
    let due = clocks.as_ref().filter(|clocks| !clocks.is_still()).map(|clocks| clocks.due_at.clone());
    let visibility = if new.visibility == Visibility::Public { "public" } else { "work_note" };
    let params = [
        id.into(),
        Uuid::now_v7().into(),
        new.body.as_str().into(),
        visibility.into(),
        now.into(),
        terms.key.param(),
        ROUTE.into(),
        terms.digest.as_str().into(),
        clocks.as_ref().map_or(Param::Text(None), Clocks::param),
        due.into(),
    ];
    Ok(caller.ask(app, COMMENT, &params).await)
}

/// What a public comment does to the clocks, and when it is said. Where nothing is promised to anybody the incident is not even read; where it is, the time
/// is taken after that, so that no comment is older than the answer that had stopped a clock when it was read.
async fn moved(app: &App, caller: &Caller, id: &str, new: &NewComment) -> Result<(Option<Clocks>, Timestamp), Error> {
    if new.visibility != Visibility::Public {
        return Ok((None, app.now()));
    }
    let known = book(app).await?;
    if !known.promises() {
        return Ok((Some(Clocks::untouched(&known)), app.now()));
    }
    let before = read(app, caller, id, None, "").await?;
    let (book, said) = (book_of(app, before.slas.book).await?, before.says());
    let answers = said == Some(Said::Caller) && before.incident["hold_reason"] == "caller";
    let set = if answers { json!({"state": "in_progress", "hold_reason": null}) } else { json!({}) };
    let after = Facts::after(&book, &before.incident, set.as_object().unwrap_or(&Map::new()));
    let now = app.now();
    Ok((Some(before.slas.clocks(&book, before.version(), &after, said, now)), now))
}
