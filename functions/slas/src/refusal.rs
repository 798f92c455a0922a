//! Why a write of a definition was not done: named constraints, and the words that statements answer.
use shared::caller::{self, Answer, Asked};
use shared::error::Error;

/// The outcome, with what the database refused as the problem that it is.
pub(crate) fn explained(outcome: Result<Answer, Asked>) -> Result<Answer, Error> {
    caller::explained(outcome, named)
}

fn named(refused: &str) -> Option<Error> {
    Some(match refused {
        "slas_name_key" => Error::Conflict("There is a definition of this name.".into()),
        "slas_name_check" => Error::invalid("/name", "It has 1 to 160 characters."),
        "slas_kind_check" => Error::invalid("/kind", "It is incident."),
        "slas_position_check" => Error::invalid("/position", "It is 0 to 1,000,000."),
        "slas_calendar_fkey" | "calendar" => Error::invalid("/calendar_id", "There is no such active calendar."),
        _ => return None,
    })
}
