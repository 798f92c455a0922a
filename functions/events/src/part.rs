//! Which part of the feed is asked for: what the query names, checked, and the parameters of the statements.
use jiff::Timestamp;
use serde::Deserialize;
use shared::app::App;
use shared::db::Param;
use shared::error::Error;
use shared::page::limit;
use utoipa::IntoParams;
use uuid::Uuid;

/// Names the feed in its cursors.
pub(crate) const FEED: &str = "events";
/// Events that one request looks at, at most: so long may a page take for somebody who may see none of them.
const LOOKED_AT: i64 = 10_000;
/// How long a stream is held, in seconds, where the home can.
const HOLD: u8 = 25;

/// Which part of the feed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Items at most: 1 to 200, 50 if not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next` of the answer before, or the id of an event that was streamed; from the beginning if not said.
    cursor: Option<String>,
    /// Only those of this ticket, by id or number.
    #[param(max_length = 36, pattern = "^[0-9A-Za-z-]+$", example = "INC0000042")]
    ticket: Option<String>,
    /// Only those where this was done.
    #[param(max_length = 40, pattern = "^[a-z_]+$", example = "created")]
    verb: Option<String>,
    /// Only those of such a thing.
    #[param(max_length = 40, pattern = "^[a-z_]+$", example = "incident")]
    subject: Option<String>,
    /// Only those by this person.
    actor: Option<Uuid>,
    /// Only those at or after this time (RFC 3339).
    #[param(value_type = Option<String>, format = "date-time")]
    at_from: Option<Timestamp>,
    /// Only those before this time (RFC 3339).
    #[param(value_type = Option<String>, format = "date-time")]
    at_to: Option<Timestamp>,
    /// Seconds that a stream is held at most, where the home can: 0 to 25, 25 if not said. Only with `Accept: text/event-stream`.
    #[param(minimum = 0, maximum = 25)]
    hold: Option<u8>,
}

/// Where a reader of the feed stands: epoch, transaction, sequence.
pub(crate) type Position = [String; 3];

impl Part {
    /// Continues after this one, whatever the address says: a client that comes back asks with the address it began with.
    pub(crate) fn go_on(&mut self, after: &str) {
        self.cursor = Some(after.to_owned());
    }

    /// After which position to begin.
    pub(crate) fn begin(&self, app: &App) -> Result<Position, Error> {
        match &self.cursor {
            Some(cursor) => app.cursors.open(FEED, cursor),
            None => Ok(["0", "0", "0"].map(str::to_owned)),
        }
    }

    /// The parameters of both statements after the session. The position comes second to fourth.
    pub(crate) fn params(&self, after: &Position) -> Result<Vec<Param>, Error> {
        is_word("verb", self.verb.as_deref())?;
        is_word("subject", self.subject.as_deref())?;
        is_time("at_from", self.at_from)?;
        is_time("at_to", self.at_to)?;
        let mut params = vec![limit(self.limit)?.into()];
        params.extend(after.iter().map(|part| part.as_str().into()));
        params.extend([LOOKED_AT.into(), self.ticket()?.into(), self.verb.as_deref().into(), self.subject.as_deref().into(), self.actor.into()]);
        params.extend([self.at_from, self.at_to].map(|time| Param::Text(time.map(|time| time.to_string()))));
        Ok(params)
    }

    fn ticket(&self) -> Result<Option<&str>, Error> {
        let is_name = |name: &&str| (1..=36).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        match self.ticket.as_deref() {
            Some(name) if !is_name(&name) => Err(Error::BadRequest("ticket must be a ticket's id or number.".into())),
            ticket => Ok(ticket),
        }
    }

    /// For pages: there is nothing to hold.
    pub(crate) fn not_held(&self) -> Result<(), Error> {
        match self.hold {
            Some(_) => Err(Error::BadRequest("hold is for Accept: text/event-stream.".into())),
            None => Ok(()),
        }
    }

    /// Seconds to hold a stream.
    pub(crate) fn hold(&self) -> Result<u64, Error> {
        match self.hold.unwrap_or(HOLD) {
            seconds @ 0..=HOLD => Ok(seconds.into()),
            _ => Err(Error::BadRequest(format!("hold must be from 0 to {HOLD} seconds."))),
        }
    }
}

fn is_word(name: &str, word: Option<&str>) -> Result<(), Error> {
    match word {
        Some(word) if !(1..=40).contains(&word.len()) || !word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') => {
            Err(Error::BadRequest(format!("{name} must be 1 to 40 lower-case letters and underscores.")))
        }
        _ => Ok(()),
    }
}

/// Postgres writes years before the first otherwise than RFC 3339 does.
fn is_time(name: &str, time: Option<Timestamp>) -> Result<(), Error> {
    const FIRST: i64 = -62_135_596_800; // 0001-01-01T00:00:00Z
    match time {
        Some(time) if time.as_second() < FIRST => Err(Error::BadRequest(format!("{name} must be in year 1 or later."))),
        _ => Ok(()),
    }
}
