//! What our lifecycle would not have allowed. History is taken as it was; this says where it was another desk's.
use std::collections::BTreeMap;

use shared::rules::lifecycle::{HoldReason, Requirement, State};

use super::row::Row;

/// Adds one incident's oddities to `kinds`. Its versions in order.
pub(super) fn count(versions: &[Row], kinds: &mut BTreeMap<String, u64>) {
    let mut before: Option<State> = None;
    for row in versions {
        for kind in oddities(before, row) {
            *kinds.entry(kind).or_default() += 1;
        }
        before = Some(row.state);
    }
}

fn oddities(before: Option<State>, row: &Row) -> Vec<String> {
    let (to, name) = (row.state, row.state.name());
    let step = match before {
        Some(from) if from == to => return if to.is_final() { vec![format!("changed while {name}")] } else { Vec::new() },
        Some(from) if from.targets().contains(&to) => None,
        Some(from) => Some(format!("{} -> {name}", from.name())),
        None if to == State::New => None,
        None => Some(format!("first seen in {name}")),
    };
    let missing = to.requires().iter().filter(|requirement| !met(requirement, row)).map(|requirement| lack(name, requirement));
    step.into_iter().chain(missing).collect()
}

/// Whether the row has what reaching its state requires. The log has neither comments nor close notes.
fn met(requirement: &Requirement, row: &Row) -> bool {
    let has = |field: &str| match field {
        "assignment_group" => row.group.is_some(),
        "assigned_to" => row.assigned_to.is_some(),
        "hold_reason" => row.hold_reason.is_some(),
        "close_code" => row.close_code.is_some(),
        _ => false,
    };
    let applies =
        requirement.when.is_none_or(|when| when.field != "hold_reason" || (row.hold_reason == Some(HoldReason::Caller)) == (when.is == "caller"));
    !applies || requirement.any_of.iter().any(|field| has(field))
}

fn lack(state: &str, requirement: &Requirement) -> String {
    let when = requirement.when.map(|when| format!(" for {}", when.is)).unwrap_or_default();
    format!("{state}{when} without {}", requirement.any_of.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::super::log::Log;
    use super::*;

    #[test]
    fn the_samples_oddities_by_kind() {
        let log = Log::read(include_bytes!("../../samples/servicenow_sample.csv")).unwrap();
        let mut kinds = BTreeMap::new();
        log.incidents.iter().for_each(|incident| count(&incident.versions, &mut kinds));
        let expected = [
            ("changed while closed", 1),
            ("closed -> in_progress", 1),
            ("first seen in in_progress", 1),
            ("first seen in resolved", 1),
            ("in_progress -> closed", 1),
            ("in_progress without assignment_group or assigned_to", 1),
            ("on_hold for caller without comment", 2),
            ("resolved without close_code", 1),
            ("resolved without close_notes", 11),
        ];
        assert_eq!(kinds, expected.map(|(kind, n)| (kind.to_owned(), n)).into());
    }
}
