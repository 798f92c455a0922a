//! What is measured.
use std::fmt;

use super::Who;

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Case {
    /// The first 50 of a filter in an order, up and down in turn.
    List { who: Who, filter: &'static Filter, sort: &'static str },
    /// The first 50 that a search finds.
    Search { who: Who, search: &'static Filter },
    /// An operation on one incident, by its script.
    Operation { script: &'static str },
}

/// A filter or a search.
#[derive(Debug)]
pub(super) struct Filter {
    /// As the report calls it.
    pub(super) name: &'static str,
    /// The query; what stands in braces is filled in by `scene.rs`.
    pub(super) query: &'static str,
    /// The same of `tickets`, to count them.
    pub(super) condition: &'static str,
}

const fn filter(name: &'static str, query: &'static str, condition: &'static str) -> Filter {
    Filter { name, query, condition }
}

/// Every order of the list. Each is measured in both directions at once: what is slow in one of them is half of the answers.
pub(super) const SORTS: [&str; 5] = ["opened_at", "updated_at", "number", "priority", "due"];

/// The first is none at all.
pub(super) const FILTERS: &[Filter] = &[
    filter("all", "", "true"),
    filter("open", "open=true", "state not in ('closed', 'canceled')"),
    filter("over", "open=false", "state in ('closed', 'canceled')"),
    filter("state new", "state=new", "state = 'new'"),
    filter("states new, on hold", "state=new,on_hold", "state in ('new', 'on_hold')"),
    filter("state closed", "state=closed", "state = 'closed'"),
    filter("state canceled", "state=canceled", "state = 'canceled'"),
    filter("priority 1", "priority=1", "priority = 1"),
    filter("priority 5", "priority=5", "priority = 5"),
    filter("priorities 1, 2", "priority=1,2", "priority in (1, 2)"),
    filter("open, priority 1", "open=true&priority=1", "state not in ('closed', 'canceled') and priority = 1"),
    filter("assigned to me", "assigned_to=me", "assigned_to = '{me}'"),
    filter("open, assigned to me", "assigned_to=me&open=true", "assigned_to = '{me}' and state not in ('closed', 'canceled')"),
    filter("assigned to the busiest", "assigned_to={busiest}", "assigned_to = '{busiest}'"),
    filter("assigned to nobody", "assigned_to=none", "assigned_to is null"),
    filter("of the largest team", "assignment_group={team}", "assignment_group = '{team}'"),
    filter("of a small team", "assignment_group={small}", "assignment_group = '{small}'"),
    filter("open, of a small team", "assignment_group={small}&open=true", "assignment_group = '{small}' and state not in ('closed', 'canceled')"),
    filter("of a restricted team", "assignment_group={restricted}", "assignment_group = '{restricted}'"),
    filter("of my teams", "assignment_group=mine", "assignment_group in (select team_id from team_members where user_id = '{me}')"),
    filter("of no team", "assignment_group=none", "assignment_group is null"),
    filter("of the commonest caller", "caller_id={monitoring}", "caller_id = '{monitoring}'"),
    filter("of another caller", "caller_id={caller}", "caller_id = '{caller}'"),
    filter("of a caller of nothing", "caller_id={nobody}", "caller_id = '{nobody}'"),
    filter("a common category", "category=Software", "category = 'Software'"),
    filter("a rare category", "category=Fleet", "category = 'Fleet'"),
    filter("a restricted team's category", "category=Personnel", "category = 'Personnel'"),
    filter("a category that is none", "category=Nothing", "category = 'Nothing'"),
    filter("a common channel", "channel=portal", "channel = 'portal'"),
    filter("a rare channel", "channel=api", "channel = 'api'"),
    filter("three rare ones", "channel=api&category=Security&priority=1", "channel = 'api' and category = 'Security' and priority = 1"),
    filter("major", "major=true", "major"),
    filter("not major", "major=false", "not major"),
    filter("parts of one", "parent_id={parent}", "parent_id = ticket_id('{parent}')"),
    filter("parts of none", "parent_id=none", "parent_id is null"),
    filter("opened on a day", "opened_from={day}&opened_to={day_after}", "opened_at >= '{day}' and opened_at < '{day_after}'"),
    filter("opened in 30 days", "opened_from={day}&opened_to={month_after}", "opened_at >= '{day}' and opened_at < '{month_after}'"),
    filter("opened in 11 months", "opened_from={day}&opened_to={year_after}", "opened_at >= '{day}' and opened_at < '{year_after}'"),
    filter("opened in the last week", "opened_from={week_ago}", "opened_at >= '{week_ago}'"),
    filter("opened long ago", "opened_to=2000-01-01", "opened_at < '2000-01-01'"),
    filter("changed on a day", "updated_from={day}&updated_to={day_after}", "updated_at >= '{day}' and updated_at < '{day_after}'"),
    filter("resolved on a day", "resolved_from={day}&resolved_to={day_after}", "resolved_at >= '{day}' and resolved_at < '{day_after}'"),
    filter("numbers by prefix", "q={prefix}", "number like '{prefix}%'"),
];

/// Ranked. The words are chosen by their rank among the words of the seed.
pub(super) const SEARCHES: &[Filter] = &[
    filter("a word of 1 in 10", "q={common}", "search @@ search_query('{common}')"),
    filter("a word of 1 in 1,000", "q={uncommon}", "search @@ search_query('{uncommon}')"),
    filter("a word of 1 in 100,000", "q={rare}", "search @@ search_query('{rare}')"),
    filter("two common words", "q={common}+{common_too}", "search @@ search_query('{common} {common_too}')"),
    filter("a common one, open", "q={common}&open=true", "search @@ search_query('{common}') and state not in ('closed', 'canceled')"),
    filter("a common one, newest first", "q={common}&sort=-opened_at", "search @@ search_query('{common}')"),
    filter("a mistyped word", "q={mistyped}", "search @@ search_query('{meant}')"),
    filter("a word of none", "q=xyzzyxyzzy", "false"),
];

/// Those of wrk's scripts that are about one incident.
pub(super) const OPERATIONS: &[&str] = &["get", "create", "patch"];

impl Case {
    /// Whether the other one is the same list in another order.
    pub(super) fn lists_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List { who, filter, .. }, Self::List { who: other, filter: of, .. }) => who == other && filter.name == of.name,
            _ => false,
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Agent { "agent" } else { "requester" })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List { who, filter, sort } => write!(f, "list, {who}: {}, {sort}", filter.name),
            Self::Search { who, search } => write!(f, "search, {who}: {}", search.name),
            Self::Operation { script } => f.write_str(script),
        }
    }
}
