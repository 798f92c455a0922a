//! All that clocks are computed with: the definitions, their calendars, the priority matrix. One version for all of it.
use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::rules::calendar::Calendar;

/// Whose promise it is (ITIL 4, service level management).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SlaType)]
pub enum Kind {
    /// To the customer.
    Sla,
    /// Between teams.
    Ola,
    /// Of a supplier.
    UnderpinningContract,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SlaMetric)]
pub enum Metric {
    /// From opening to the first public comment by an agent.
    Response,
    /// From each comment of the caller after the first response to an agent's.
    Update,
    /// From opening to being resolved.
    Resolution,
}

/// How much time there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = SlaGoal)]
pub enum Goal {
    /// So much open time.
    Duration(OpenTime),
    /// So many business days.
    Days(BusinessDays),
}

/// So much open time of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenTime {
    /// 0 is the first open instant.
    #[schema(minimum = 0, maximum = 315_360_000, example = 14400)]
    pub seconds: u32,
}

/// The same clock time so many business days later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessDays {
    /// Days that open.
    #[schema(minimum = 1, maximum = 1000, example = 3)]
    pub business_days: u32,
    /// That day's closing, and not the clock time at which it started.
    #[serde(default)]
    pub end_of_day: bool,
}

/// Field of the ticket to the values that it may have; all of them must fit.
pub type Conditions = BTreeMap<String, Vec<Value>>;

/// What is promised to which tickets.
#[derive(Debug, Clone, Deserialize)]
pub struct Definition {
    /// `slas.id`
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Whose promise it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What is measured.
    pub metric: Metric,
    /// To which tickets.
    pub conditions: Conditions,
    /// How much time there is.
    pub goal: Goal,
    /// In which calendar.
    pub calendar_id: Uuid,
    /// One that is not active attaches to nothing.
    pub active: bool,
    /// Its row's.
    pub version: i64,
}

/// One page.
#[derive(Debug, Clone)]
pub struct Book {
    /// Changes with whatever is in it.
    pub version: i64,
    /// By position.
    pub definitions: Vec<Definition>,
    /// Each with its row's version.
    pub calendars: HashMap<Uuid, (i64, Calendar)>,
    /// (impact, urgency) to priority.
    pub priorities: HashMap<(i64, i64), i64>,
}

const KINDS: [Kind; 3] = [Kind::Sla, Kind::Ola, Kind::UnderpinningContract];
const METRICS: [Metric; 3] = [Metric::Response, Metric::Update, Metric::Resolution];

impl Book {
    /// Whether any definition could attach to anything.
    pub fn promises(&self) -> bool {
        self.definitions.iter().any(|definition| definition.active)
    }

    /// Each (type, metric): of one the first definition that matches attaches, so none overlap.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (Kind, Metric)> + use<> {
        KINDS.into_iter().flat_map(|kind| METRICS.into_iter().map(move |metric| (kind, metric)))
    }

    /// The first that matches the ticket.
    pub(super) fn first(&self, kind: Kind, metric: Metric, ticket: &Value) -> Option<&Definition> {
        let of_pair = |definition: &&Definition| definition.active && (definition.kind, definition.metric) == (kind, metric);
        self.definitions.iter().filter(of_pair).find(|definition| definition.matches(ticket))
    }

    /// By its id.
    pub fn definition(&self, id: Uuid) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.id == id)
    }

    /// The calendar of a definition, with its version.
    pub fn calendar(&self, definition: &Definition) -> Option<&(i64, Calendar)> {
        self.calendars.get(&definition.calendar_id)
    }
}

impl Definition {
    fn matches(&self, ticket: &Value) -> bool {
        self.conditions.iter().all(|(field, values)| values.contains(&ticket[field]))
    }
}

impl Goal {
    /// When it is reached, and the open microseconds until then.
    pub(super) fn reached(self, calendar: &Calendar, start: Timestamp) -> Option<(Timestamp, i64)> {
        match self {
            Self::Duration(OpenTime { seconds }) => {
                let goal = i64::from(seconds) * 1_000_000;
                calendar.due(start, goal, &[]).map(|due| (due, goal))
            }
            Self::Days(BusinessDays { business_days, end_of_day }) => {
                let due = calendar.business_days(start, business_days, end_of_day)?;
                Some((due, calendar.micros(start, due, &[])))
            }
        }
    }
}
