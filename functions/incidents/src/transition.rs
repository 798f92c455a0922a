//! `POST /v1/incidents/{id}/transitions`
use axum::extract::{Path, State};
use axum::response::Response;
use shared::app::App;
use shared::body::Body;
use shared::caller::{Answer, Caller, Refusal};
use shared::conditional::{IfMatch, written};
use shared::db::{Json, Param};
use shared::error::Error;
use shared::idempotency::{IdempotencyKey, replay};
use shared::rules::incident::{Refused, Transition};
use shared::slas::{Facts, book_of, is_stale};
use shared::write::committed;
use uuid::Uuid;

use crate::explained::explained;
use crate::incident::Incident;
use crate::read::{Read, read};
use crate::terms::Terms;
use crate::transitions::may;

const ROUTE: &str = "POST /v1/incidents/transitions ";

/// Move an incident along its lifecycle. Its events, its comment and its jobs are written in the same statement.
#[utoipa::path(post, path = "/v1/incidents/{id}/transitions", tag = "incidents", request_body = Transition,
    params(("id" = String, Path, description = "id or number"), ("If-Match" = Option<String>, Header, description = "the ETag read"),
           ("Idempotency-Key" = Option<String>, Header, description = "a repeat within 24 hours gets the same answer")),
    responses((status = 200, body = Incident), (status = 400), (status = 401), (status = 403), (status = 404),
              (status = 409, description = "the lifecycle has no such step"), (status = 412), (status = 422, description = "a field is missing")))]
pub(crate) async fn transition(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, key: IdempotencyKey, asked: Body<Transition>,
) -> Result<Response, Error> {
    let terms = Terms { if_match, key, digest: asked.digest };
    written(perform(&app, &caller, &id, &terms, &asked.value).await?)
}

/// The step itself; answers the incident.
pub(crate) async fn perform(app: &App, caller: &Caller, id: &str, terms: &Terms, transition: &Transition) -> Result<Json, Error> {
    loop {
        let before = read(app, caller, id, Some(&terms.key), ROUTE).await?;
        if let Some(stored) = &before.replay {
            return replay(stored.get(), &terms.digest);
        }
        terms.if_match.check(before.version())?;
        if let Some(body) = attempt(app, caller, &before, terms, transition).await? {
            return Ok(body);
        }
        // Somebody else was first, perhaps this same request under its key: look again, before If-Match is judged.
    }
}
const TRANSITION: &str = include_str!("../sql/transition.sql");

/// The guarded write; nothing where the incident, the role or the key is no longer as read.
async fn attempt(app: &App, caller: &Caller, before: &Read, terms: &Terms, transition: &Transition) -> Result<Option<Json>, Error> {
    let (current, now) = (before.current()?, app.now());
    if transition.comment.as_deref().is_some_and(|comment| comment.trim().is_empty()) {
        return Err(Error::invalid("/comment", "It is not blank."));
    }
    let mut set = transition.apply(&current, &now.to_string()).map_err(|refused| explain(refused, before, transition))?;
    if !may(before.role, before.own, current.state, transition.to) || (!before.role.works_tickets() && transition.assigns()) {
        return Err(Error::Forbidden("Your role does not permit this step.".into()));
    }
    let book = book_of(app, before.slas.book).await?;
    let said = transition.comment.as_ref().and_then(|_| before.says());
    let clocks = before.slas.clocks(&book, before.version(), &Facts::after(&book, &before.incident, &set), said, now);
    set.insert("due_at".into(), clocks.due_at.as_str().into());
    let comment: Param = transition.comment.as_deref().into();
    let params = [
        before.id()?.into(),
        before.version().into(),
        serde_json::Value::Object(set).to_string().into(),
        now.into(),
        before.role.name().into(),
        terms.key.param(),
        ROUTE.into(),
        terms.digest.as_str().into(),
        comment,
        Uuid::now_v7().into(),
        clocks.param(),
    ];
    let outcome = caller.ask(app, TRANSITION, &params).await;
    if is_stale(app, &outcome) {
        return Ok(None);
    }
    match explained(outcome)? {
        Answer::Body(statement) => Ok(Some(committed(app, &statement).await?)),
        Answer::Refused(Refusal::Forbidden) => Err(Error::Forbidden("Your role does not permit this step.".into())),
        Answer::Nothing | Answer::Refused(_) => Ok(None),
    }
}

fn explain(refused: Refused, before: &Read, transition: &Transition) -> Error {
    match refused {
        Refused::Missing(field, detail) => Error::invalid(&format!("/{field}"), detail),
        Refused::NotAllowed => Error::Conflict(format!(
            "An incident that is {} cannot go to {}: GET this resource for what it can do.",
            before.incident["state"].as_str().unwrap_or_default(),
            transition.to.name()
        )),
    }
}
