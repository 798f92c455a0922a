//! What a rule runs on, and what it reads there.
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::app::App;
use shared::db::{DbError, Param};
use shared::job::Lease;
use uuid::Uuid;

use crate::work::Timed;

const BY_EVENT: &str = include_str!("../sql/by_event.sql");
const BY_TIME: &str = include_str!("../sql/by_time.sql");

/// What a rule runs on.
#[derive(Debug)]
pub(crate) enum Occasion {
    /// Epoch, transaction, sequence.
    Event([String; 3]),
    Timed(Timed),
}

/// The ticket as it is now, and the rules that have not run on this occasion, in their order.
#[derive(Debug, Deserialize)]
pub(crate) struct Scene {
    pub(crate) ticket: Value,
    /// What the event changed; nothing where time is the occasion.
    pub(crate) changes: Map<String, Value>,
    /// The rules whose runs led here.
    pub(crate) chain: Vec<Uuid>,
    pub(crate) rules: Vec<Rule>,
}

/// A rule as it is now.
#[derive(Debug, Deserialize)]
pub(crate) struct Rule {
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) position: i64,
    pub(crate) conditions: Value,
    pub(crate) actions: Value,
}

impl Occasion {
    /// Its name in the log: there is one run of a rule under it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Event(at) => format!("event:{}", at.join(":")),
            Self::Timed(timed) => format!("time:{}:{}", timed.ticket, timed.anchor),
        }
    }

    /// What there is to do after the rule at this place; nothing if the claim is another's, or the time has moved on.
    pub(crate) async fn scene(&self, app: &App, lease: Lease, after: (i64, Uuid)) -> Result<Option<Scene>, DbError> {
        let claim = [lease.id.into(), lease.attempt.into()];
        let (sql, own): (_, Vec<Param>) = match self {
            Self::Event(at) => (BY_EVENT, at.iter().map(|part| part.as_str().into()).chain([after.0.into(), after.1.into()]).collect()),
            Self::Timed(timed) => (BY_TIME, vec![timed.rule.into(), timed.ticket.into(), timed.anchor.as_str().into(), self.name().into()]),
        };
        app.db.get(sql, &[claim.as_slice(), &own].concat()).await
    }
}
