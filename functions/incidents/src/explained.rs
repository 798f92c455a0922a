//! What a write of an incident broke, as the field or the conflict that it is.
use shared::caller::{Answer, Asked};
use shared::error::Error;
use shared::rules::incident::A_LINE;

/// The outcome, or the error that its named constraint, or the rule that its statement names, stands for.
pub(crate) fn explained(outcome: Result<Answer, Asked>) -> Result<Answer, Error> {
    shared::caller::explained(outcome, named)
}

fn named(name: &str) -> Option<Error> {
    let field = FIELDS.iter().find(|(broken, ..)| *broken == name).map(|(_, pointer, detail)| Error::invalid(pointer, *detail));
    field.or_else(|| CONFLICTS.iter().find(|(broken, _)| *broken == name).map(|(_, detail)| Error::Conflict((*detail).to_owned())))
}

/// Constraints of the schema, and rules that a statement names in a JSON string: the field at fault, and what to put there.
const FIELDS: &[(&str, &str, &str)] = &[
    ("tickets_short_description_check", "/short_description", A_LINE),
    ("tickets_description_check", "/description", "It has at most 65,536 bytes."),
    ("tickets_impact_urgency_fkey", "/impact", "Impact and urgency are 1 (High), 2 (Medium) or 3 (Low)."),
    ("tickets_category_fkey", "/category", "There is no such category: see /v1/categories."),
    ("tickets_subcategory_fkey", "/subcategory", "The category has no such subcategory: see /v1/categories."),
    ("tickets_subcategory_check", "/subcategory", "A subcategory needs its category."),
    ("tickets_channel_check", "/channel", "It is phone, email, portal, api or monitoring."),
    ("tickets_location_check", "/location", "It has at most 160 characters."),
    ("tickets_caller_fkey", "/caller_id", "There is no such user."),
    ("tickets_assignment_group_fkey", "/assignment_group", "There is no such team."),
    ("tickets_assigned_to_fkey", "/assigned_to", "There is no such user."),
    ("tickets_close_code_check", "/close_code", "It has 1 to 80 characters."),
    ("tickets_close_notes_check", "/close_notes", "It has at most 65,536 bytes."),
    ("tickets_custom_check", "/custom", "It is a JSON object."),
    ("tickets_hold_check", "/hold_reason", "It is set exactly while the incident is on hold."),
    ("tickets_hold_reason_check", "/hold_reason", "It is caller, problem, change, vendor or evidence."),
    ("tickets_parent_check", "/parent_id", "An incident is not its own parent."),
    ("tickets_parent_level", "/parent_id", "A parent has no parent and a child no children: it is one level deep."),
    ("tickets_parent_open", "/parent_id", "The parent is closed or canceled."),
    ("comments_body_check", "/comment", "It has 1 to 65,536 bytes."),
    ("links_self_check", "/ticket", "An incident is not linked to itself."),
    ("parent", "/parent_id", "There is no such incident."),
    ("restricted_to", "/restricted_to", "There is no such restricted team."),
    ("tickets_restricted_to_restricted", "/restricted_to", "There is no such restricted team."),
    ("assignee", "/assigned_to", "It is an active person who works tickets; of a restricted incident, one of its team."),
    ("group", "/assignment_group", "A restricted incident stays with its team: another would not see it. Move or lift the restriction with it."),
    ("inactive", "/assignment_group", "There is no such active team."),
    ("person", "", "There is no such active person."),
    ("other", "/ticket", "There is no such incident."),
    ("target", "/into", "There is no such incident."),
    ("itself", "/into", "An incident is not merged into itself."),
    ("restriction", "/into", "Both must be restricted to the same team, or neither: else one's comments would be shown to the other's readers."),
];

/// The same, where the state of things is what does not permit it.
const CONFLICTS: &[(&str, &str)] = &[
    ("final", "A closed or canceled incident takes no comments any more: raise a new one, and link it to this."),
    ("links_pair_key", "These two are linked in this way already."),
    ("source_over", "Only an incident that is new, in_progress or on_hold is merged into another."),
    ("target_over", "The other incident is closed or canceled: it takes nothing any more."),
    ("target_merged", "The other incident was merged itself: merge into the one that it was merged into."),
    ("children", "It has children: give them another parent, or none, before it is merged."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_rule_is_an_error_and_a_body_is_none() {
        let body = |json: &str| explained(Ok(Answer::Body(json.to_owned())));
        assert!(matches!(body("\"assignee\""), Err(Error::Invalid(_))));
        assert!(matches!(body("\"final\""), Err(Error::Conflict(_))));
        assert!(matches!(body(r#"{"id": "final"}"#), Ok(Answer::Body(_))));
        assert!(matches!(explained(Ok(Answer::Nothing)), Ok(Answer::Nothing)));
    }
}
