//! What a cell means: times, scales, states and channels as ServiceNow writes them.
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use shared::rules::lifecycle::{HoldReason, State};

/// `dd-mm-yyyy hh:mm`, taken as UTC: the log says no zone.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    let civil = DateTime::strptime("%d-%m-%Y %H:%M", text).map_err(|_| "is not dd-mm-yyyy hh:mm".to_owned())?;
    match civil.to_zoned(TimeZone::UTC) {
        Ok(zoned) if zoned.timestamp() >= Timestamp::UNIX_EPOCH => Ok(zoned.timestamp()),
        _ => Err("is before 1970".into()),
    }
}

/// As Postgres writes a time into JSON, so that a change computed here reads like one computed there.
pub(super) fn json(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// `2 - Medium` is 2, of 1 to `max`.
pub(super) fn scale(text: &str, max: i64) -> Result<i64, String> {
    let digits = text.split(" - ").next().unwrap_or(text);
    digits.parse().ok().filter(|step| (1..=max).contains(step)).ok_or_else(|| format!("is not 1 to {max}"))
}

/// A counter, within what the column holds.
pub(super) fn count(text: &str) -> Result<i64, String> {
    text.parse::<i32>().ok().filter(|count| *count >= 0).map(i64::from).ok_or_else(|| "is not a count".into())
}

/// `INC` and at least seven digits, more only without leading zeros: as we write numbers ourselves, so the sequence cannot meet
/// it again. Twelve at most: a mistyped number must not use up the sequence.
pub(super) fn number(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("INC").unwrap_or_default();
    let plain = digits.len() == 7 || (8..=12).contains(&digits.len()) && !digits.starts_with('0');
    if plain && digits.bytes().all(|digit| digit.is_ascii_digit()) { Ok(text.to_owned()) } else { Err("is not a number such as INC0000042".into()) }
}

/// ServiceNow's state, and what it waits for.
pub(super) fn state(text: &str) -> Result<(State, Option<HoldReason>), String> {
    match text {
        "New" => Ok((State::New, None)),
        "Active" => Ok((State::InProgress, None)),
        "Awaiting User Info" => Ok((State::OnHold, Some(HoldReason::Caller))),
        "Awaiting Problem" => Ok((State::OnHold, Some(HoldReason::Problem))),
        "Awaiting Change" => Ok((State::OnHold, Some(HoldReason::Change))),
        "Awaiting Vendor" => Ok((State::OnHold, Some(HoldReason::Vendor))),
        "Awaiting Evidence" => Ok((State::OnHold, Some(HoldReason::Evidence))),
        "Resolved" => Ok((State::Resolved, None)),
        "Closed" => Ok((State::Closed, None)),
        "Canceled" => Ok((State::Canceled, None)),
        _ => Err("is no state".into()),
    }
}

/// How it was reported, and whether that says all that the log said.
pub(super) fn channel(contact_type: Option<&str>) -> (&'static str, bool) {
    match contact_type {
        Some("Phone") => ("phone", true),
        Some("Email") => ("email", true),
        Some("Self service") | None => ("portal", true),
        Some("IVR") => ("phone", false), // a telephone menu
        Some(_) => ("portal", false),    // `Direct opening`: somebody typed it in
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_and_read_as_postgres_writes_them() {
        assert_eq!(json(time("29-02-2016 01:16").unwrap()), "2016-02-29T01:16:00+00:00");
        for wrong in ["2016-02-29 01:16", "30-02-2016 01:16", "29-02-2016 25:00", "29-02-2016", "01-01-1969 00:00", "29-02-2016 01:16 PM"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn scales_are_their_first_digit() {
        assert_eq!(scale("2 - Medium", 3), Ok(2));
        assert_eq!(scale("5", 5), Ok(5));
        for wrong in ["0 - None", "4 - Low", "Medium", "", "-1"] {
            assert!(scale(wrong, 3).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_written_as_ours() {
        for right in ["INC0000045", "INC9999999", "INC12345678"] {
            assert_eq!(number(right).as_deref(), Ok(right));
        }
        for wrong in ["INC45", "inc0000045", "REQ0000045", "INC00000045", "INC1234567890123", "INC000004x", "INC"] {
            assert!(number(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_wait_has_its_reason_and_only_waits_have_one() {
        for text in ["New", "Active", "Awaiting User Info", "Awaiting Problem", "Awaiting Vendor", "Awaiting Evidence", "Resolved", "Closed"] {
            let (state, reason) = state(text).unwrap();
            assert_eq!(state == State::OnHold, reason.is_some(), "{text}");
        }
        assert!(state("-100").is_err());
    }

    #[test]
    fn what_a_channel_does_not_say_is_known() {
        assert_eq!(channel(Some("Phone")), ("phone", true));
        assert_eq!(channel(Some("IVR")), ("phone", false));
        assert_eq!(channel(Some("Chat")), ("portal", false));
    }
}
