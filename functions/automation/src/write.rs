//! What a run leaves behind: its effect with its mark in one statement, or a line in the log that says why there is none.
use serde_json::{Value, json};
use shared::app::App;
use shared::db::{DbError, Param};
use shared::job::Lease;
use shared::rules::action::Plan;
use uuid::Uuid;

use crate::occasion::{Occasion, Rule, Scene};

const WRITE: &str = include_str!("../sql/write.sql");
const LOG: &str = include_str!("../sql/log.sql");

/// Whose effect, on what.
#[derive(Clone, Copy)]
pub(crate) struct Effect<'a> {
    pub(crate) lease: Lease,
    pub(crate) occasion: &'a Occasion,
    pub(crate) scene: &'a Scene,
    pub(crate) rule: &'a Rule,
}

/// What became of it.
pub(crate) enum Written {
    /// It is there.
    Done,
    /// The ticket or the rule is not as it was read, or the claim is another's.
    Lost,
    /// The desk's rules, or the database, do not permit it: no later try would be another.
    Refused(String),
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(Vec<(String, i64)>),
    Refused(String),
}

impl Effect<'_> {
    /// `$1` to `$6` of both statements.
    fn params(&self) -> Vec<Param> {
        let ticket = self.scene.ticket["id"].as_str();
        vec![
            self.lease.id.into(),
            self.lease.attempt.into(),
            self.rule.id.into(),
            self.rule.version.into(),
            self.occasion.name().into(),
            ticket.into(),
        ]
    }

    fn chain(&self) -> Param {
        json!(self.scene.chain).to_string().into()
    }
}

/// Carries the plan out, if ticket and rule are as they were read.
pub(crate) async fn write(app: &App, effect: &Effect<'_>, plan: &Plan) -> Result<Written, DbError> {
    let mut params = effect.params();
    let version = effect.scene.ticket["version"].as_i64();
    let steps: Value = plan.steps.iter().map(|step| step_with_id(step.clone())).collect();
    let set = Value::Object(plan.set.clone()).to_string();
    params.extend([version.into(), set.into(), plan.verb.as_str().into(), app.now().into(), steps.to_string().into(), effect.chain()]);
    match app.db.get::<Answer>(WRITE, &params).await {
        Ok(None) => Ok(Written::Lost),
        Ok(Some(Answer::Refused(why))) => Ok(Written::Refused(why)),
        Ok(Some(Answer::Done(jobs))) => {
            for (queue, job) in jobs {
                app.queue.ring(&queue, job).await;
            }
            Ok(Written::Done)
        }
        // class 22 and 23: a value that no ticket can hold, a team or a category that is gone
        Err(error) if error.sqlstate.as_deref().is_some_and(|state| state.starts_with("22") || state.starts_with("23")) => {
            Ok(Written::Refused(error.constraint.unwrap_or(error.message)))
        }
        Err(error) => Err(error),
    }
}

/// A comment's id is made by its writer, as everywhere.
fn step_with_id(mut step: Value) -> Value {
    step["id"] = Uuid::now_v7().to_string().into();
    step
}

/// Notes that a rule was not carried out, and why; it will not be on this occasion.
pub(crate) async fn log(app: &App, effect: &Effect<'_>, outcome: &'static str, why: &str) -> Result<&'static str, DbError> {
    let mut params = effect.params();
    params.extend([outcome.into(), why.into(), app.now().into(), effect.chain()]);
    let logged = app.db.row(LOG, &params).await?;
    Ok(if logged.is_some() { outcome } else { "lost" })
}
