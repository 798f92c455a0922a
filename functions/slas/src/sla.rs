//! A definition as the API shows it. Postgres writes it; this type documents it and holds the tests to it.
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::db::Param;
use shared::error::Error;
use shared::rules::sla::{Conditions, Goal, Kind, Metric};
use utoipa::ToSchema;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// A service level definition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sla {
    /// UUIDv7.
    pub id: Uuid,
    /// Unique.
    #[schema(example = "Critical: resolved in four hours")]
    pub name: String,
    /// Whose promise it is.
    pub r#type: Kind,
    /// What is measured.
    pub metric: Metric,
    /// `incident`
    #[schema(example = "incident")]
    pub kind: String,
    /// Field of the ticket to the values that it may have; all must fit.
    #[schema(value_type = Object, example = json!({"priority": [1, 2]}))]
    pub conditions: Conditions,
    /// How much time there is.
    pub goal: Goal,
    /// In which calendar.
    pub calendar_id: Uuid,
    /// Of those of one type and metric that match, the one with the lowest position attaches.
    pub position: i64,
    /// One that is not active attaches to nothing.
    pub active: bool,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[schema(format = "date-time")]
    pub created_at: String,
    /// When it last changed.
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// A page of definitions.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SlaPage)]
pub struct Page {
    /// By position.
    pub items: Vec<Sla>,
    /// For the page after this one.
    pub next: Option<String>,
}

/// What somebody writes of a definition.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSla)]
pub(crate) struct Fields {
    /// Unique.
    #[schema(min_length = 1, max_length = 160, example = "Critical: resolved in four hours")]
    pub(crate) name: String,
    /// Whose promise it is.
    r#type: Kind,
    /// What is measured.
    metric: Metric,
    /// `incident`, if not said.
    #[serde(default = "incident")]
    #[schema(example = "incident")]
    kind: String,
    /// Field of the ticket to the values that it may have; all must fit. `priority`, `impact`, `urgency`, `category`, `subcategory`, `channel`,
    /// `location`, `assignment_group`, `major`.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"priority": [1, 2]}))]
    conditions: Conditions,
    /// How much time there is.
    goal: Goal,
    /// In which calendar: one of `/v1/calendars`.
    calendar_id: Uuid,
    /// After all others if not said.
    #[schema(minimum = 0, maximum = 1_000_000)]
    position: Option<i64>,
    /// So, if not said.
    #[serde(default = "yes")]
    active: bool,
}

fn incident() -> String {
    "incident".into()
}
fn yes() -> bool {
    true
}

const NUMBERS: &[&str] = &["priority", "impact", "urgency"];
const TEXTS: &[&str] = &["category", "subcategory", "channel", "location", "assignment_group"];
/// Values of one condition at most.
const MOST: usize = 100;
/// Ten years.
const LONGEST: u32 = 315_360_000;

impl Fields {
    /// 422 for what could never be so.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.name.trim().is_empty() || self.name.contains(char::is_control) {
            return Err(Error::invalid("/name", "It has 1 to 160 characters, not all blank, and no control characters."));
        }
        match self.goal {
            Goal::Duration(goal) if goal.seconds > LONGEST => return Err(Error::invalid("/goal/seconds", "It is at most 315,360,000: ten years.")),
            Goal::Days(goal) if !(1..=1000).contains(&goal.business_days) => return Err(Error::invalid("/goal/business_days", "It is 1 to 1,000.")),
            _ => {}
        }
        self.conditions.iter().try_for_each(|(field, values)| condition(field, values))
    }
}

fn condition(field: &str, values: &[Value]) -> Result<(), Error> {
    let fits = |value: &Value| match value {
        Value::Number(number) => NUMBERS.contains(&field) && number.as_i64().is_some_and(|number| (1..=5).contains(&number)),
        Value::String(text) => TEXTS.contains(&field) && !text.contains('\0'),
        Value::Bool(_) => field == "major",
        Value::Null => TEXTS.contains(&field),
        _ => false,
    };
    if !(1..=MOST).contains(&values.len()) || !values.iter().all(fits) {
        let known = [NUMBERS, TEXTS, &["major"]].concat().join(", ");
        return Err(Error::invalid(
            &format!("/conditions/{}", field.replace('~', "~0").replace('/', "~1")),
            format!("It is one of {known}, with a list of values that it can have."),
        ));
    }
    Ok(())
}

/// The id in a path; nothing has another name, so anything else is a 404.
pub(crate) fn id(path: &str) -> Result<Param, Error> {
    path.parse::<Hyphenated>().map(|id| Uuid::from(id).into()).map_err(|_| Error::NotFound)
}
