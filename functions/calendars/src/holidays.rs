//! `PUT /v1/calendars/{id}/holidays`
use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use http_body_util::{BodyExt, Limited};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use shared::app::App;
use shared::body::{LIMIT, Query, parse};
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::error::Error;
use shared::rules::calendar::{Holiday, Source};
use utoipa::IntoParams;

use crate::calendar::{self, Calendar, Fields};
use crate::file;
use crate::read::read;

/// Which dates of the file's recurrences.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Span {
    /// The first date; the beginning of this year if not said.
    #[param(value_type = Option<String>, format = "date", example = "2026-01-01")]
    from: Option<Date>,
    /// The last date; the end of the fifth year if not said. Twenty years after `from` at most.
    #[param(value_type = Option<String>, format = "date", example = "2030-12-31")]
    to: Option<Date>,
}

/// Years that recurrences are written out for.
const YEARS: i16 = 5;
const MOST_YEARS: i16 = 20;

/// Take the holidays of an iCalendar file (RFC 5545) in place of those of the last file; those written by hand stay. Each event is whole days;
/// `RRULE`, `RDATE` and `EXDATE` are followed. Managers and administrators.
#[utoipa::path(put, path = "/v1/calendars/{id}/holidays", tag = "calendars",
    request_body(content = String, content_type = "text/calendar",
        example = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Christmas Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
    params(("id" = Uuid, Path), Span, ("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = Calendar), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 412), (status = 413),
              (status = 415, description = "not text/calendar"), (status = 422, description = "not such a file"), (status = 503)))]
pub(crate) async fn holidays(
    State(app): State<App>, caller: Caller, Path(id): Path<String>, if_match: IfMatch, Query(span): Query<Span>, request: Request,
) -> Result<Response, Error> {
    let (id, (from, to)) = (calendar::id(&id)?, span.checked(app.now().to_zoned(TimeZone::UTC).date())?);
    // Who may, before what is sent.
    let mut before = read(&app, &caller, &id).await?;
    let found = file::holidays(&text(request).await?, from, to).map_err(|error| Error::invalid("", format!("{error}.")))?;
    loop {
        if_match.check(before.version)?;
        let mut fields: Fields = parse(Value::Object(before.fields.clone()).to_string().as_bytes())?;
        fields.holidays = together(fields.holidays, &found);
        match before.change(&app, &caller, &id, &fields.checked()?).await? {
            Some(body) => return written(body),
            None if if_match.is_given() => return Err(Error::PreconditionFailed),
            None => before = read(&app, &caller, &id).await?, // somebody else was first
        }
    }
}

/// Those by hand, and those of the file on other dates.
fn together(mut there: Vec<Holiday>, found: &[Holiday]) -> Vec<Holiday> {
    there.retain(|holiday| holiday.source == Source::Hand);
    let new: Vec<Holiday> = found.iter().filter(|holiday| there.iter().all(|by_hand| by_hand.date != holiday.date)).cloned().collect();
    there.extend(new);
    there
}

async fn text(request: Request) -> Result<String, Error> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/calendar") {
        return Err(Error::UnsupportedMediaType);
    }
    let bytes = Limited::new(request.into_body(), LIMIT).collect().await.map_err(|_| Error::TooLarge(LIMIT))?.to_bytes();
    String::from_utf8(bytes.to_vec()).map_err(|_| Error::invalid("", "It is not UTF-8."))
}

impl Span {
    fn checked(self, today: Date) -> Result<(Date, Date), Error> {
        let year =
            |year: i16, month, day| Date::new(year, month, day).map_err(|_| Error::BadRequest("from and to are dates before the year 9999.".into()));
        let from = self.from.map_or_else(|| year(today.year(), 1, 1), Ok)?;
        let to = self.to.map_or_else(|| year(from.year().saturating_add(YEARS - 1).min(9998), 12, 31), Ok)?;
        if from.year() < 1 || to < from || to.year() - from.year() > MOST_YEARS {
            return Err(Error::BadRequest("from is before to, and to at most twenty years after it.".into()));
        }
        Ok((from, to))
    }
}
