//! `fields` and `expand`: how much of an incident is shown.
use shared::error::Error;
use shared::fields::chosen;

/// The members of an incident.
pub(crate) const FIELDS: &[&str] = &[
    "id",
    "number",
    "short_description",
    "description",
    "state",
    "hold_reason",
    "impact",
    "urgency",
    "priority",
    "category",
    "subcategory",
    "channel",
    "location",
    "caller_id",
    "opened_by",
    "assignment_group",
    "assigned_to",
    "major",
    "parent_id",
    "merged_into",
    "restricted_to",
    "opened_at",
    "due_at",
    "resolved_at",
    "closed_at",
    "close_code",
    "close_notes",
    "reassignment_count",
    "reopen_count",
    "version",
    "custom",
    "created_at",
    "updated_at",
];
/// What can be embedded, and its columns in CSV.
const EXPAND: &[(&str, &[&str])] = &[
    ("caller", &["caller.name"]),
    ("opened_by", &["opened_by.name"]),
    ("assignee", &["assignee.name"]),
    ("group", &["group.name"]),
    ("parent", &["parent.number", "parent.short_description"]),
    // Several of one incident: there is no column for them.
    ("sla", &[]),
];
const NAMES: &[&str] = &["caller", "opened_by", "assignee", "group", "parent", "sla"];

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Members to keep, `expanded` among them where there is one; all if not said.
    pub(crate) fields: Option<Vec<&'static str>>,
    /// What to embed, between commas, as the statements look for it.
    pub(crate) expand: Option<String>,
    /// Whether clocks are among it, which Postgres does not compute.
    pub(crate) slas: bool,
}

impl Shown {
    /// From the query; an unknown name is a 400.
    pub(crate) fn parse(fields: Option<&str>, expand: Option<&str>) -> Result<Self, Error> {
        let expand = expand.map(|expand| chosen("expand", expand, NAMES)).transpose()?;
        let mut fields = fields.map(|fields| chosen("fields", fields, FIELDS)).transpose()?;
        if let (Some(fields), Some(_)) = (&mut fields, &expand) {
            fields.push("expanded");
        }
        let slas = expand.as_ref().is_some_and(|names| names.contains(&"sla"));
        Ok(Self { slas, fields, expand: expand.map(|names| format!(",{},", names.join(","))) })
    }

    /// The columns of CSV.
    pub(crate) fn columns(&self) -> Vec<&'static str> {
        let fields = self.fields.as_deref().unwrap_or(FIELDS);
        let mut columns: Vec<&str> = fields.iter().copied().filter(|field| *field != "expanded").collect();
        let is_asked = |name: &str| self.expand.as_deref().is_some_and(|expand| expand.contains(&format!(",{name},")));
        columns.extend(EXPAND.iter().filter(|(name, _)| is_asked(name)).flat_map(|(_, of)| of.iter().copied()));
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_follow_fields_and_expand() {
        let shown = Shown::parse(Some("state,number"), Some("parent,caller")).unwrap();
        assert_eq!(shown.fields.as_deref(), Some(["state", "number", "expanded"].as_slice()));
        assert_eq!(shown.expand.as_deref(), Some(",parent,caller,"));
        assert_eq!(shown.columns(), ["state", "number", "caller.name", "parent.number", "parent.short_description"]);
        assert_eq!(Shown::parse(None, None).unwrap().columns(), FIELDS);
        assert!(Shown::parse(Some("colour"), None).is_err() && Shown::parse(None, Some("watchers")).is_err());
        assert!(EXPAND.iter().map(|(name, _)| *name).eq(NAMES.iter().copied()));
    }
}
