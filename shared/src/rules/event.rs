//! What events are called: whoever waits for one that never comes is told what there is.

/// Each subject and the verbs that are written of it.
pub const EVENTS: &[(&str, &[&str])] = &[
    ("incident", INCIDENT),
    ("settings", &["updated", "category_created"]),
    ("user", &["created", "updated", "activated", "deactivated", "erased"]),
    ("team", &["created", "updated", "member_added", "member_removed"]),
    ("job", &["retried", "canceled"]),
    ("schedule", &["paused", "resumed", "run"]),
    ("calendar", &["created", "updated"]),
    ("sla", &["created", "updated"]),
    ("rule", &["created", "updated", "deleted"]),
    ("mail", &["retried", "discarded"]),
    ("webhook", &["created", "updated", "rotated", "deleted", "disabled", "pinged"]),
];

/// Of an incident: what a rule can react to. No state's name but `new`, in which one begins, is missing.
pub const INCIDENT: &[&str] = &[
    "created",
    "updated",
    "commented",
    "in_progress",
    "on_hold",
    "resolved",
    "closed",
    "canceled",
    "merged",
    "linked",
    "unlinked",
    "watched",
    "unwatched",
    "sla_warning",
    "sla_breached",
    "rule_notified",
    "rule_called",
];

/// Of these, what only those who work on it ever read: a webhook is told of it as `work_note`.
const NOTES: &[&str] = &["sla_warning", "sla_breached", "rule_notified"];

/// Whether webhooks are told of events that are called this (`webhook_type` and `webhook_wants` in the schema), a verb `*` being each of a subject;
/// or what there is instead.
pub fn delivered(subject: &str, verb: &str) -> Result<(), String> {
    let told = || EVENTS.iter().filter(|(subject, _)| *subject != "webhook");
    let Some((_, verbs)) = told().find(|(known, _)| *known == subject) else {
        let subjects: Vec<&str> = told().map(|(subject, _)| *subject).collect();
        return Err(format!("Its subject is one of {}: for example incident.created.", subjects.join(", ")));
    };
    let of_notes: &[&str] = if subject == "incident" { &["work_note"] } else { &[] };
    let names: Vec<&str> = verbs.iter().filter(|verb| !NOTES.contains(verb)).chain(of_notes).copied().collect();
    if verb == "*" || names.contains(&verb) { Ok(()) } else { Err(format!("Of {subject} there are {} and *.", names.join(", "))) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::super::lifecycle::State;
    use super::*;

    #[test]
    fn the_states_that_one_goes_to_are_among_them() {
        let targets: BTreeSet<&str> = State::ALL.iter().flat_map(|state| state.targets()).map(|state| state.name()).collect();
        assert!(targets.iter().all(|state| INCIDENT.contains(state)), "{targets:?}");
        assert!(NOTES.iter().all(|verb| INCIDENT.contains(verb)));
    }

    #[test]
    fn webhooks_are_told_of_all_but_themselves_and_of_notes_by_one_name() {
        for (subject, verb) in [("incident", "*"), ("incident", "work_note"), ("incident", "created"), ("team", "member_added"), ("mail", "*")] {
            assert_eq!(delivered(subject, verb), Ok(()), "{subject}.{verb}");
        }
        let wrong =
            [("incident", "foo"), ("incident", "sla_breached"), ("team", "work_note"), ("user", "member_added"), ("incident", ""), ("job", "**")];
        for (subject, verb) in wrong {
            assert!(delivered(subject, verb).unwrap_err().starts_with(&format!("Of {subject} there are ")), "{subject}.{verb}");
        }
        for subject in ["", "*", "ticket", "webhook"] {
            assert!(delivered(subject, "*").unwrap_err().contains("incident, settings, user"), "{subject}");
        }
    }

    /// What stands in a statement as subject and verb, one after the other.
    #[test]
    fn the_statements_write_no_others() {
        let (mut written, mut unknown) = (0, Vec::new());
        let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions")).unwrap();
        let files = folders.filter_map(|folder| fs::read_dir(folder.unwrap().path().join("sql")).ok()).flatten();
        for path in files.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
            let sql = fs::read_to_string(&path).unwrap();
            for (subject, verbs) in EVENTS {
                let pair = format!("'{subject}', '");
                let in_events = sql.find("insert into events").map_or("", |at| &sql[at..]);
                for (at, _) in in_events.match_indices(&pair).filter(|(at, _)| !in_events[..*at].ends_with("enqueue(")) {
                    let verb = in_events[at + pair.len()..].split('\'').next().unwrap();
                    written += 1;
                    unknown.extend((!verbs.contains(&verb)).then(|| format!("{}: {subject} {verb}", path.display())));
                }
            }
        }
        assert!(unknown.is_empty() && written > 30, "{written} {unknown:?}");
    }
}
