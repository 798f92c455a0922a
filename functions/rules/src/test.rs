//! `POST /v1/rules/{id}/test`
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::json as answer;
use shared::db::Param;
use shared::error::Error;
use shared::rules::action::Actions;
use shared::rules::condition::{Condition, Facts};
use utoipa::ToSchema;

use crate::rule;

/// On which ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleTest)]
pub(crate) struct On {
    /// Id or number.
    #[schema(max_length = 36, example = "INC0000042")]
    ticket: String,
}

/// What a rule would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RuleVerdict)]
pub(crate) struct Verdict {
    /// Whether its conditions hold.
    holds: bool,
    /// The ticket's last event that the rule reacts to, by its `seq`; `changed` is judged by it. None for a rule of time, or where there was none.
    event: Option<i64>,
    /// The conditions with `holds` in each part, and in each test what was `found`.
    #[schema(value_type = Vec<Object>)]
    conditions: Value,
    /// What would be done: `set`, `verb`, `steps`; null where it cannot be, or the conditions do not hold.
    #[schema(value_type = Option<Object>)]
    plan: Option<Value>,
    /// Why it cannot be done.
    refused: Option<String>,
}

#[derive(Deserialize)]
struct Read {
    conditions: Value,
    actions: Value,
    ticket: Option<Value>,
    event: Option<i64>,
    changes: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Refusal {
    refused: Option<String>,
}

/// What a rule would do with a ticket as it is now, and why; nothing is changed. Administrators only.
#[utoipa::path(post, path = "/v1/rules/{id}/test", tag = "rules", request_body = On, params(("id" = Uuid, Path)),
    responses((status = 200, body = Verdict), (status = 400), (status = 401), (status = 403), (status = 404), (status = 413), (status = 415),
              (status = 422), (status = 503)))]
pub(crate) async fn test(State(app): State<App>, caller: Caller, Path(id): Path<String>, on: Body<On>) -> Result<Response, Error> {
    let id = rule::id(&id)?;
    let body = caller.ask(&app, TEST, &[id.clone(), on.value.ticket.as_str().into()]).await?.body()?;
    let read: Read = serde_json::from_str(&body).map_err(|error| Error::Internal(error.into()))?;
    let (mut verdict, actions) = judge(&read, &app.now().to_string())?;
    if let (Some(plan), Some(ticket)) = (&verdict.plan, &read.ticket) {
        let params = [id, ticket["id"].as_str().into(), plan["set"].to_string().into()];
        if let Some(why) = refused(&app, &caller, &params).await? {
            (verdict.plan, verdict.refused) = (None, Some(actions.refused(&why)));
        }
    }
    Ok(answer(StatusCode::OK, serde_json::to_string(&verdict).map_err(|error| Error::Internal(error.into()))?))
}
const TEST: &str = include_str!("../sql/test.sql");
const REFUSED: &str = include_str!("../sql/refused.sql");

/// Why the desk's rules do not permit the plan.
async fn refused(app: &App, caller: &Caller, params: &[Param]) -> Result<Option<String>, Error> {
    let Some(found) = caller.ask(app, REFUSED, params).await?.found()? else { return Ok(None) };
    let refusal: Refusal = serde_json::from_str(&found).map_err(|error| Error::Internal(error.into()))?;
    Ok(refusal.refused)
}

fn judge(read: &Read, now: &str) -> Result<(Verdict, Actions), Error> {
    let ticket = read.ticket.as_ref().ok_or_else(|| Error::invalid("/ticket", "There is no such incident."))?;
    let unsound = |fault: shared::rules::condition::Fault| Error::Internal(anyhow::anyhow!("{}: {}", fault.pointer, fault.detail));
    let (condition, actions) = (Condition::parse_all(&read.conditions, "").map_err(unsound)?, Actions::parse(&read.actions, "").map_err(unsound)?);
    let (none, mut verdict) = (Map::new(), Verdict { holds: false, event: read.event, conditions: Value::Null, plan: None, refused: None });
    let facts = Facts { ticket, changes: read.changes.as_ref().unwrap_or(&none) };
    verdict.holds = condition.holds(facts);
    verdict.conditions = condition.explained(facts)["all"].take();
    if verdict.holds {
        match actions.plan(ticket, now) {
            Ok(plan) => verdict.plan = Some(json!({"set": plan.set, "verb": plan.verb, "steps": plan.steps})),
            Err(why) => verdict.refused = Some(why),
        }
    }
    Ok((verdict, actions))
}
