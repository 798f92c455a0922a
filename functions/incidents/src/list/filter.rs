//! What to list: the query, checked, as the parameters of the list's statements.
use jiff::Timestamp;
use serde::Deserialize;
use shared::db::Param;
use shared::error::Error;
use shared::fields::chosen;
use utoipa::IntoParams;
use uuid::Uuid;

use super::sort::Sort;
use super::time::{Range, instant};

/// What to list. A filter takes several values where it says so, with commas between.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Items a page: 1 to 200, 50 if not said.
    pub(crate) limit: Option<i64>,
    /// `next` of the page before.
    pub(crate) cursor: Option<String>,
    /// `-opened_at` if not said; with `q` what fits best.
    pub(crate) sort: Option<Sort>,
    /// Words to find in what the incident says, in English and German: `"a phrase"`, `or` and `-without` are understood. Or how a number begins.
    #[param(max_length = 200, example = "printer -toner")]
    pub(crate) q: Option<String>,
    /// Only those in one of these states.
    #[param(example = "new,in_progress")]
    state: Option<String>,
    /// Only those not yet closed or canceled; with `false` only those that are.
    open: Option<bool>,
    /// Only those of one of these priorities, 1 to 5.
    #[param(example = "1,2")]
    priority: Option<String>,
    /// Only those that this person works on; `me`, or `none` for nobody.
    #[param(example = "me")]
    assigned_to: Option<String>,
    /// Only those that this team works on; `mine` for the teams you are in, `none` for no team.
    #[param(example = "mine")]
    assignment_group: Option<String>,
    /// Only those that concern this person, or `me`.
    caller_id: Option<String>,
    /// Only those of this category.
    category: Option<String>,
    /// Only those reported this way.
    #[param(example = "phone")]
    channel: Option<String>,
    /// Only major ones; with `false` only the others.
    major: Option<bool>,
    /// Only the parts of this incident, by id or number; `none` for those that are no part.
    parent_id: Option<String>,
    /// Opened at this time or later: RFC 3339, or a date for its beginning in UTC.
    #[param(example = "2026-01-31")]
    opened_from: Option<String>,
    /// Opened before this time.
    opened_to: Option<String>,
    /// Last changed at this time or later.
    updated_from: Option<String>,
    /// Last changed before this time.
    updated_to: Option<String>,
    /// Resolved at this time or later.
    resolved_from: Option<String>,
    /// Resolved before this time.
    resolved_to: Option<String>,
    /// `breached`: only those that missed a promise to their caller (type `sla`). `due_soon`: only those with one that is due within an
    /// hour and not missed yet.
    #[param(example = "due_soon")]
    sla: Option<String>,
    /// With `true` the answer has `total`, counted to 10,000 (with `q` and no `sort` to 1,000), and `total_is`.
    #[serde(default)]
    pub(crate) count: bool,
    /// Only these members of each incident.
    #[param(example = "number,state")]
    pub(crate) fields: Option<String>,
    /// Small objects, in `expanded`, of `caller`, `opened_by`, `assignee`, `group`, `parent`, `sla`.
    #[param(example = "caller,group")]
    pub(crate) expand: Option<String>,
}

const STATES: &[&str] = &["new", "in_progress", "on_hold", "resolved", "closed", "canceled"];
const OVER: &[&str] = &["closed", "canceled"];
const PRIORITIES: &[&str] = &["1", "2", "3", "4", "5"];
const SLAS: &[&str] = &["breached", "due_soon"];
const CHANNELS: &[&str] = &["phone", "email", "portal", "api", "monitoring"];

/// What `q` asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// Words.
    pub(crate) words: Option<String>,
    /// How a number begins.
    prefix: Option<String>,
}

impl Filter {
    /// `q`, checked.
    pub(crate) fn asked(&self) -> Result<Asked, Error> {
        let Some(q) = self.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) else { return Ok(Asked::default()) };
        if q.len() > 200 {
            return Err(Error::BadRequest("q has at most 200 bytes.".into()));
        }
        let upper = text("q", q)?.to_ascii_uppercase();
        let digits = upper.strip_prefix("INC").filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
        Ok(if digits.is_some() { Asked { words: None, prefix: Some(upper) } } else { Asked { words: Some(q.to_owned()), prefix: None } })
    }

    /// `$3` to `$28`, see `sql/parts/filters.sql`.
    pub(crate) fn params(&self, asked: &Asked) -> Result<Vec<Param>, Error> {
        let mut params = self.states()?;
        params.extend(self.priorities()?);
        params.extend(self.people()?);
        let channel = self.channel.as_deref().map(|channel| one("channel", channel, CHANNELS)).transpose()?;
        params.extend([plain("category", self.category.as_deref())?, words(channel.into_iter().collect()), flag(self.major)]);
        let parent = self.parent_id.as_deref().filter(|parent| *parent != "none");
        params.extend([plain("parent_id", parent)?, flag((self.parent_id.is_some() && parent.is_none()).then_some(true))]);
        for range in self.ranges()? {
            params.extend([range.from, range.to].map(at));
        }
        params.extend([asked.words.clone().into(), asked.prefix.clone().into()]);
        params.push(self.sla.as_deref().map(|sla| one("sla", sla, SLAS)).transpose()?.into());
        Ok(params)
    }

    /// Opened, updated, resolved.
    fn ranges(&self) -> Result<[Range; 3], Error> {
        let bound = |name, text: &Option<String>| text.as_deref().map(|text| instant(name, text)).transpose();
        Ok([
            Range { from: bound("opened_from", &self.opened_from)?, to: bound("opened_to", &self.opened_to)? },
            Range { from: bound("updated_from", &self.updated_from)?, to: bound("updated_to", &self.updated_to)? },
            Range { from: bound("resolved_from", &self.resolved_from)?, to: bound("resolved_to", &self.resolved_to)? },
        ])
    }

    /// Whether less is found by the filters than a walk along the order would pass: few clocks are missed or near, wherever their tickets stand;
    /// and whether a range of one time is to be listed in the order of something else, and is sorted sooner than walked to. The planner takes its
    /// incidents for spread over that order; they stand together somewhere.
    pub(crate) fn is_narrow(&self, sort: Sort, now: Timestamp) -> Result<bool, Error> {
        if self.sla.is_some() {
            return Ok(true);
        }
        let (name, column) = sort.key();
        let mut columns = ["opened_at", "updated_at", "resolved_at"].into_iter().zip(self.ranges()?);
        Ok(columns.any(|(of, range)| of != column && range.is_far(name.contains('-'), now)))
    }

    /// Whether the list is of each team of the caller's.
    pub(crate) fn is_of_my_teams(&self) -> bool {
        self.assignment_group.as_deref() == Some("mine")
    }

    /// One state is an equality, several are a set; all of them open or over has an index of its own.
    fn states(&self) -> Result<Vec<Param>, Error> {
        let states = self.state.as_deref().map(|states| chosen("state", states, STATES)).transpose()?.unwrap_or_default();
        let over = states.iter().filter(|state| OVER.contains(state)).count();
        let open = match (self.open, states.len() - over, over) {
            (None, 1.., 0) => Some(true),
            (None, 0, 2) => Some(false),
            (asked, ..) => asked,
        };
        let is_one = matches!(states.as_slice(), [state] if OVER.contains(state));
        let (one, several) = if is_one { (states, Vec::new()) } else { (Vec::new(), states) };
        Ok(vec![flag(open), words(one), words(several)])
    }

    /// The first, the last, and those in between where there are several.
    fn priorities(&self) -> Result<Vec<Param>, Error> {
        let asked = self.priority.as_deref().map(|asked| chosen("priority", asked, PRIORITIES)).transpose()?.unwrap_or_default();
        let numbers = || asked.iter().filter_map(|priority| priority.parse::<i64>().ok());
        let [first, last] = [numbers().min(), numbers().max()].map(Param::from);
        Ok(vec![first, last, words(if asked.len() > 1 { asked } else { Vec::new() })])
    }

    /// Assignee or none, team or none or the caller's, caller.
    fn people(&self) -> Result<Vec<Param>, Error> {
        let (assignee, unassigned) = match self.assigned_to.as_deref() {
            None => (None, None),
            Some("none") => (None, Some(true)),
            Some(id) => (Some(person("assigned_to", id, "me or none")?), None),
        };
        let (group, groupless, mine) = match self.assignment_group.as_deref() {
            None => (None, None, None),
            Some("none") => (None, Some(true), None),
            Some("mine") => (None, None, Some(true)),
            Some(id) => (Some(uuid("assignment_group", id, "mine or none")?), None, None),
        };
        let concerns = self.caller_id.as_deref().map(|id| person("caller_id", id, "me")).transpose()?;
        Ok(vec![assignee.into(), flag(unassigned), group.into(), flag(groupless), flag(mine), concerns.into()])
    }
}

fn flag(value: Option<bool>) -> Param {
    Param::Bool(value)
}

/// Those that are asked for; none is a null.
fn words(asked: Vec<&'static str>) -> Param {
    if asked.is_empty() { Param::Text(None) } else { Param::Words(asked) }
}

fn at(time: Option<Timestamp>) -> Param {
    Param::Text(time.map(|time| time.to_string()))
}

/// `me` is for the statement to say.
fn person(name: &str, id: &str, words: &str) -> Result<String, Error> {
    if id == "me" { Ok(id.to_owned()) } else { uuid(name, id, words).map(|id| id.to_string()) }
}

fn uuid(name: &str, id: &str, words: &str) -> Result<Uuid, Error> {
    Uuid::parse_str(id).map_err(|_| Error::BadRequest(format!("{name} is an id (a UUID), or {words}.")))
}

fn one(name: &str, asked: &str, known: &'static [&'static str]) -> Result<&'static str, Error> {
    known.iter().copied().find(|known| *known == asked).ok_or_else(|| Error::BadRequest(format!("{name} is one of {}.", known.join(", "))))
}

fn plain(name: &str, asked: Option<&str>) -> Result<Param, Error> {
    Ok(asked.map(|asked| text(name, asked)).transpose()?.into())
}

/// Postgres stores no NUL, so none is found.
fn text<'a>(name: &str, asked: &'a str) -> Result<&'a str, Error> {
    if asked.contains('\0') { Err(Error::BadRequest(format!("{name} has a NUL in it."))) } else { Ok(asked) }
}
