//! Why a write of a calendar was not done: named constraints, and the words that statements answer.
use shared::caller::{self, Answer, Asked};
use shared::error::Error;

/// The outcome, with what the database refused as the problem that it is.
pub(crate) fn explained(outcome: Result<Answer, Asked>) -> Result<Answer, Error> {
    caller::explained(outcome, named)
}

fn named(refused: &str) -> Option<Error> {
    Some(match refused {
        "in_use" => Error::Conflict("Active definitions are in this calendar: give them another first.".into()),
        "calendars_name_key" => Error::Conflict("There is a calendar of this name.".into()),
        "calendars_name_check" => Error::invalid("/name", "It has 1 to 160 characters."),
        "calendars_time_zone_fkey" => Error::invalid("/time_zone", "It is a zone of the IANA's database, as in Europe/Berlin."),
        _ => return None,
    })
}
