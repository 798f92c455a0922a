//! Why a write of a team was not done: named constraints, and the words that statements answer.
use shared::caller::{Answer, Asked};
use shared::error::Error;

/// The outcome, with what the database refused as the problem that it is.
pub(crate) fn explained(outcome: Result<Answer, Asked>) -> Result<Answer, Error> {
    shared::caller::explained(outcome, named)
}

fn named(name: &str) -> Option<Error> {
    Some(match name {
        "teams_name_key" => Error::Conflict("There is a team of this name.".into()),
        "teams_name_check" => Error::invalid("/name", "It has 1 to 160 characters."),
        "teams_description_check" => Error::invalid("/description", "It has at most 4,000 characters."),
        "tickets" => Error::Conflict("Tickets are restricted to this team: lift that first.".into()),
        "not_eligible" => Error::Conflict("On a team are agents, managers, administrators and auditors who are active.".into()),
        _ => return None,
    })
}
