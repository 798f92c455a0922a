//! Why a write of a calendar was not done: named constraints, and the words that statements answer.
use shared::caller::{Answer, Asked};
use shared::error::{ConstraintName, Error};

/// The outcome, with what the database refused as the problem that it is.
pub(crate) fn explained(outcome: Result<Answer, Asked>) -> Result<Answer, Error> {
    match outcome {
        Err(asked) => Err(asked.constraint().and_then(broken).unwrap_or_else(|| asked.into())),
        Ok(Answer::Body(text)) if text == "\"in_use\"" => {
            Err(Error::Conflict("Active definitions are in this calendar: give them another first.".into()))
        }
        Ok(answer) => Ok(answer),
    }
}

fn broken(constraint: &str) -> Option<Error> {
    Some(match constraint {
        "calendars_name_key" => Error::Conflict("There is a calendar of this name.".into()),
        "calendars_name_check" => Error::invalid("/name", "It has 1 to 160 characters."),
        "calendars_time_zone_fkey" => Error::invalid("/time_zone", "It is a zone of the IANA's database, as in Europe/Berlin."),
        _ => return None,
    })
}
