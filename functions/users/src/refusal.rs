//! Why a write of a user was not done: named constraints, and the words that statements answer.
use shared::caller::{Answer, Asked};
use shared::error::Error;

/// The outcome, with what the database refused as the problem that it is.
pub(crate) fn explained(outcome: Result<Answer, Asked>) -> Result<Answer, Error> {
    shared::caller::explained(outcome, named)
}

fn named(name: &str) -> Option<Error> {
    Some(match name {
        "users_email_key" => Error::Conflict("There is a user with this e-mail address.".into()),
        "users_email_check" => Error::invalid("/email", "It is an e-mail address of at most 254 characters."),
        "users_name_check" => Error::invalid("/name", "It has 1 to 160 characters."),
        "users_locale_check" => Error::invalid("/locale", "It is a language tag (BCP 47), for example de-AT."),
        "last_admin" => Error::Conflict("This is the last active administrator: make another one first.".into()),
        "oneself" => Error::Conflict("Nobody erases themselves: ask another administrator.".into()),
        "time_zone" => Error::invalid("/time_zone", "It is a time zone of the IANA database, for example Europe/Vienna."),
        _ => return None,
    })
}
