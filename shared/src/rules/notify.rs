//! Who hears of what, if they have not said otherwise. Whether they may see it, the statement that tells them decides.
use serde::Serialize;

/// What happened, as preferences name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It was given to a person or a team.
    Assigned,
    /// Somebody watches it now.
    Watching,
    /// It was raised.
    Raised,
    /// Something was said that everybody on it may read.
    Commented,
    /// Something was said among those who work on it.
    WorkNote,
    /// It waits.
    Held,
    /// Work on it goes on.
    InProgress,
    /// It is resolved.
    Resolved,
    /// It was resolved, and is not.
    Reopened,
    /// It is over.
    Closed,
    /// It was called off.
    Canceled,
    /// It went up into another one.
    Merged,
    /// Its priority changed, or whether it is a major one.
    Prioritized,
    /// A promise about it runs out.
    Warned,
    /// A promise about it was not kept.
    Breached,
    /// A rule has something to say.
    Told,
}

/// Why somebody hears of it. Watchers include those whom others made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Whoever it is for.
    Caller,
    /// Whoever works on it.
    Assignee,
    /// The team that it is with, while nobody of it works on it.
    Group,
    /// Whoever watches it.
    Watcher,
    /// Whom a rule names.
    Named,
}

/// A line of the table: by which ways somebody hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What happened.
    pub kind: Kind,
    /// Who hears of it.
    pub relation: Relation,
    /// In the inbox.
    pub in_app: bool,
    /// By mail.
    pub email: bool,
}

const fn inbox(kind: Kind, relation: Relation) -> Line {
    Line { kind, relation, in_app: true, email: false }
}

const fn both(kind: Kind, relation: Relation) -> Line {
    Line { kind, relation, in_app: true, email: true }
}

/// The table. Of several kinds that one event is, a person hears of the first; of several relations, by the ways of any.
pub const TABLE: &[Line] = &[
    both(Kind::Assigned, Relation::Assignee),
    inbox(Kind::Assigned, Relation::Group),
    inbox(Kind::Watching, Relation::Watcher),
    both(Kind::Raised, Relation::Caller),
    inbox(Kind::Raised, Relation::Group),
    both(Kind::Commented, Relation::Caller),
    both(Kind::Commented, Relation::Assignee),
    inbox(Kind::Commented, Relation::Group),
    both(Kind::Commented, Relation::Watcher),
    both(Kind::WorkNote, Relation::Assignee),
    inbox(Kind::WorkNote, Relation::Group),
    both(Kind::WorkNote, Relation::Watcher),
    both(Kind::Held, Relation::Caller),
    inbox(Kind::Held, Relation::Watcher),
    inbox(Kind::InProgress, Relation::Caller),
    both(Kind::Resolved, Relation::Caller),
    inbox(Kind::Resolved, Relation::Assignee),
    both(Kind::Resolved, Relation::Watcher),
    inbox(Kind::Reopened, Relation::Caller),
    both(Kind::Reopened, Relation::Assignee),
    inbox(Kind::Reopened, Relation::Group),
    inbox(Kind::Reopened, Relation::Watcher),
    inbox(Kind::Closed, Relation::Caller),
    inbox(Kind::Closed, Relation::Watcher),
    both(Kind::Canceled, Relation::Caller),
    inbox(Kind::Canceled, Relation::Assignee),
    both(Kind::Canceled, Relation::Watcher),
    both(Kind::Merged, Relation::Caller),
    inbox(Kind::Merged, Relation::Assignee),
    inbox(Kind::Prioritized, Relation::Assignee),
    inbox(Kind::Prioritized, Relation::Group),
    inbox(Kind::Prioritized, Relation::Watcher),
    both(Kind::Warned, Relation::Assignee),
    inbox(Kind::Warned, Relation::Group),
    both(Kind::Breached, Relation::Assignee),
    both(Kind::Breached, Relation::Group),
    inbox(Kind::Breached, Relation::Watcher),
    both(Kind::Told, Relation::Named),
];

/// Every kind, in the order of the table.
pub const KINDS: &[Kind] = &[
    Kind::Assigned,
    Kind::Watching,
    Kind::Raised,
    Kind::Commented,
    Kind::WorkNote,
    Kind::Held,
    Kind::InProgress,
    Kind::Resolved,
    Kind::Reopened,
    Kind::Closed,
    Kind::Canceled,
    Kind::Merged,
    Kind::Prioritized,
    Kind::Warned,
    Kind::Breached,
    Kind::Told,
];

/// What an event says that happened: its verb, who may read it, the fields that it changed, and the state before if that is one of them.
#[derive(Debug, Clone, Copy)]
pub struct Happened<'a> {
    /// `events.verb`
    pub verb: &'a str,
    /// Whether it is among those who work on it.
    pub is_work_note: bool,
    /// The names of what changed.
    pub fields: &'a [String],
    /// The state that it left.
    pub before: Option<&'a str>,
}

impl Happened<'_> {
    fn is(&self, kind: Kind) -> bool {
        let changed = |names: &[&str]| self.fields.iter().any(|field| names.contains(&field.as_str()));
        let reopened = self.before == Some("resolved");
        match kind {
            Kind::Assigned => changed(&["assigned_to", "assignment_group"]),
            Kind::Watching => self.verb == "watched",
            Kind::Raised => self.verb == "created",
            Kind::Commented => self.verb == "commented" && !self.is_work_note,
            Kind::WorkNote => self.verb == "commented" && self.is_work_note,
            Kind::Held => self.verb == "on_hold",
            Kind::InProgress => self.verb == "in_progress" && !reopened,
            Kind::Resolved => self.verb == "resolved",
            Kind::Reopened => self.verb == "in_progress" && reopened,
            Kind::Closed => self.verb == "closed",
            Kind::Canceled => self.verb == "canceled",
            Kind::Merged => self.verb == "merged" && changed(&["merged_into"]),
            Kind::Prioritized => self.verb == "updated" && changed(&["priority", "major"]),
            Kind::Warned => self.verb == "sla_warning",
            Kind::Breached => self.verb == "sla_breached",
            Kind::Told => self.verb == "rule_notified",
        }
    }

    /// The lines of the table that it meets.
    pub fn lines(&self) -> Vec<Line> {
        TABLE.iter().filter(|line| self.is(line.kind)).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(verb: &str, is_work_note: bool, fields: &[&str], before: Option<&str>) -> Vec<Kind> {
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        let mut kinds: Vec<Kind> = Happened { verb, is_work_note, fields: &fields, before }.lines().iter().map(|line| line.kind).collect();
        kinds.dedup();
        kinds
    }

    #[test]
    fn an_event_is_what_its_verb_and_its_fields_say() {
        assert_eq!(kinds("created", false, &["state", "assigned_to"], None), [Kind::Assigned, Kind::Raised]);
        assert_eq!(kinds("created", false, &["state"], None), [Kind::Raised]);
        assert_eq!(kinds("commented", false, &["comment"], None), [Kind::Commented]);
        assert_eq!(kinds("commented", true, &["comment"], None), [Kind::WorkNote]);
        assert_eq!(kinds("in_progress", false, &["state"], Some("new")), [Kind::InProgress]);
        assert_eq!(kinds("in_progress", false, &["state", "assigned_to"], Some("resolved")), [Kind::Assigned, Kind::Reopened]);
        assert_eq!(kinds("updated", false, &["priority", "impact"], None), [Kind::Prioritized]);
        assert_eq!(kinds("merged", false, &["merged_from"], None), []);
        for nobody_hears in ["updated", "linked", "unlinked", "unwatched"] {
            assert_eq!(kinds(nobody_hears, false, &["description"], None), [], "{nobody_hears}");
        }
    }

    /// The rows of the page's table: kind, then what each relation hears by.
    #[test]
    fn the_docs_have_this_table() {
        let page = include_str!("../../../docs/MAIL.md");
        let name = |kind: Kind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
        let ways = |kind, relation| {
            let line = TABLE.iter().find(|line| (line.kind, line.relation) == (kind, relation));
            line.map_or("", |line| if line.email { " inbox, mail" } else { " inbox" })
        };
        for kind in KINDS {
            let relations = [Relation::Caller, Relation::Assignee, Relation::Group, Relation::Watcher, Relation::Named];
            let cells = relations.map(|relation| format!("{} |", ways(*kind, relation))).concat();
            let row = format!("| `{}` |{cells}", name(*kind));
            assert!(page.lines().any(|line| line == row), "docs/MAIL.md lacks {row}");
        }
    }

    #[test]
    fn every_kind_has_its_lines_and_stands_where_the_table_has_it() {
        let mut named: Vec<Kind> = TABLE.iter().map(|line| line.kind).collect();
        named.dedup();
        assert_eq!(named, KINDS);
        assert!(TABLE.iter().all(|line| line.in_app || line.email));
    }
}
