//! `GET /v1/events` with `Accept: text/event-stream`: the feed as server-sent events (HTML Living Standard, 9.2).
use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::app::App;
use shared::caller::Caller;
use shared::error::Error;
use shared::hold::Place;

use crate::part::{FEED, Part, Position};

/// How often a held stream looks: access is checked anew each time, and no connection to the database is kept between.
const LOOK: Duration = Duration::from_secs(1);
/// What a client waits before it asks again, in milliseconds.
const RETRY: u32 = 1_000;
/// Bytes after which an answer that is not held ends, though there is more.
const ENOUGH: usize = 1024 * 1024;

/// Whether the caller wants a stream; one that takes anything gets a page.
pub(crate) fn is_asked_for(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|media| media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(MEDIA))
}
const MEDIA: &str = "text/event-stream";

/// Answers what there is at once, so that a refusal is a problem like any other. Held, it goes on to look; else it ends there.
pub(crate) async fn stream(app: App, caller: Caller, mut part: Part, headers: &HeaderMap) -> Result<Response, Error> {
    if let Some(id) = headers.get("last-event-id").filter(|id| !id.is_empty()) {
        part.go_on(id.to_str().map_err(|_| Error::BadRequest("Last-Event-ID must be an id that was sent.".into()))?);
    }
    let (seconds, at) = (part.hold()?, part.begin(&app)?);
    let place = app.hold.as_ref().filter(|_| seconds > 0).map(|hold| hold.place(caller.session, Duration::from_secs(seconds))).transpose()?;
    let mut reader = Reader { app, caller, part, at, is_behind: true };
    let mut text = format!("retry: {RETRY}\n\n");
    while reader.is_behind && text.len() < ENOUGH {
        text += &reader.look().await?;
    }
    let until = Instant::now() + Duration::from_secs(seconds);
    Ok(answer(match place {
        None => Body::from(text),
        Some(place) => Body::from_stream(once(async { text }).chain(rest(reader, place, until)).map(Ok::<_, Infallible>)),
    }))
}

/// Look by look, until the time is over, the process ends, or the caller may not go on.
fn rest(reader: Reader, place: Place, until: Instant) -> impl futures_util::Stream<Item = String> {
    unfold((reader, place), move |(mut reader, place)| async move {
        let may_go_on = Instant::now() + LOOK <= until && (reader.is_behind || place.wait(LOOK).await);
        if !may_go_on {
            return None;
        }
        let found = reader.look().await.ok()?;
        // A comment finds out whether the client is still there, and shows a proxy that we are.
        Some((if found.is_empty() { ":\n\n".to_owned() } else { found }, (reader, place)))
    })
}

fn answer(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("Authorization, Accept"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no")); // nginx passes on each part as it comes
    response
}

/// Somebody's way through the feed.
struct Reader {
    app: App,
    caller: Caller,
    part: Part,
    at: Position,
    /// Whether there may be more already.
    is_behind: bool,
}

#[derive(Deserialize)]
struct Looked<'a> {
    next: Position,
    #[serde(borrow)]
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    position: Position,
    verb: &'a str,
    #[serde(borrow)]
    event: &'a RawValue,
}

impl Reader {
    /// The next events; an id alone moves the client over what it was not shown.
    async fn look(&mut self) -> Result<String, Error> {
        let json = self.caller.ask_list(&self.app, STREAM, &self.part.params(&self.at)?).await?.body()?;
        let looked: Looked<'_> = serde_json::from_str(&json).map_err(|error| Error::Internal(error.into()))?;
        let id = |position: &Position| self.app.cursors.seal(FEED, &position.to_vec());
        let event = |item: &Item<'_>| format!("id: {}\nevent: {}\ndata: {}\n\n", id(&item.position), item.verb, item.event);
        let mut text: String = looked.items.iter().map(event).collect();
        if looked.items.last().map_or(&self.at, |last| &last.position) != &looked.next {
            text += &format!("id: {}\n\n", id(&looked.next));
        }
        self.is_behind = looked.next != self.at;
        self.at = looked.next;
        Ok(text)
    }
}
pub(crate) const STREAM: &str = concat!(include_str!("../sql/list.sql"), include_str!("../sql/list_stream.sql"));
