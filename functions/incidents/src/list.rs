//! `GET /v1/incidents`
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use jiff::Timestamp;
use shared::app::App;
use shared::body::Query;
use shared::caller::{Answer, Caller, Refusal, Role};
use shared::csv::Format;
use shared::db::{Json, Param};
use shared::error::Error;
use shared::page::{Shape, Total, limit, shaped};

use crate::incident::Page;
use crate::shown::Shown;
use crate::slas::each_with_slas;

mod filter;
mod joined;
mod sort;
mod statements;
mod time;

use filter::{Asked, Filter};
pub(crate) use sort::Sort;
pub(crate) use statements::GET_EXPANDED;
use statements::{COUNT, COUNT_OWN, SEARCH, SEARCH_OWN, pages};
pub use statements::{newest, statements};

/// Incidents that the caller may see, by keyset pages; as CSV where `Accept` prefers `text/csv`.
///
/// With `q` and no `sort` the newest 1,000 that are found are ranked. Where nothing is found, words that no incident has ever held are taken for
/// those that are most like them.
#[utoipa::path(get, path = "/v1/incidents", tag = "incidents", params(Filter, ("Accept" = Option<String>, Header, description = "`application/json` or `text/csv`")),
    responses((status = 200, content((Page = "application/json"), (String = "text/csv")), headers(("Link" = String, description = "rel=next, RFC 8288"))),
              (status = 400), (status = 401)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<Filter>, format: Format, uri: Uri) -> Result<Response, Error> {
    let shown = Shown::parse(filter.fields.as_deref(), filter.expand.as_deref())?;
    let mut asked = filter.asked()?;
    let list = List::choose(&filter, &asked, shown.expand.is_some(), app.now())?;
    let mut params = Params { filters: filter.params(&asked)?, page: list.page(&app, &filter)? };
    let mut listed = list.ask(&app, &caller, &shown, &params).await?;
    if listed.ends_with(NOTHING)
        && let Some(words) = meant(&app, &caller, &asked).await?
    {
        asked.words = Some(words);
        params.filters = filter.params(&asked)?;
        listed = list.ask(&app, &caller, &shown, &params).await?;
    }
    if shown.slas {
        listed = each_with_slas(&app, &listed).await?;
    }
    let total = if filter.count { Some(list.count(&app, &caller, &params).await?) } else { None };
    shaped(&app.cursors, list.name, &uri, &listed, &Shape { format, fields: shown.fields.as_deref(), columns: &shown.columns(), total })
}

/// How a page without items ends.
const NOTHING: &str = r#""items" : []}"#;
const WORDS: &str = include_str!("../sql/search_words.sql");

/// What was searched for with mistyped words replaced, if there are any.
async fn meant(app: &App, caller: &Caller, asked: &Asked) -> Result<Option<String>, Error> {
    let Some(words) = asked.words.as_deref() else { return Ok(None) };
    let found = caller.ask_list(app, WORDS, &[words.into()]).await?.found()?;
    found.map(|words| serde_json::from_str(&words)).transpose().map_err(|error: serde_json::Error| Error::Internal(error.into()))
}

/// The statements for a query, and what they are called with.
struct List {
    /// What cursors are sealed for.
    name: &'static str,
    column: &'static str,
    all: &'static str,
    /// The same with what the caller's teams alone see.
    rooms: &'static str,
    own: &'static str,
    counted_to: i64,
}

/// `$3` to `$28`, and `$29` to `$32`.
struct Params {
    filters: Vec<Param>,
    page: Vec<Param>,
}

impl List {
    fn choose(filter: &Filter, asked: &Asked, is_expanded: bool, now: Timestamp) -> Result<Self, Error> {
        if filter.sort.is_none() && asked.words.is_some() {
            let name = "incidents found";
            return Ok(Self { name, column: "rank", all: &SEARCH, rooms: &SEARCH, own: &SEARCH_OWN, counted_to: 1_000 });
        }
        let sort = filter.sort.unwrap_or(Sort::NewestOpened);
        let ((name, column), pages, narrow) = (sort.key(), pages(sort, is_expanded), filter.is_narrow(sort, now)?);
        let (all, rooms) = match (narrow, filter.is_of_my_teams()) {
            (true, _) => (&pages.narrow, &pages.narrow),
            (false, true) => (&pages.rooms, &pages.rooms),
            (false, false) => (&pages.all, &pages.rooms),
        };
        Ok(Self { name, column, all, rooms, own: &pages.own, counted_to: 10_000 })
    }

    /// `$29` to `$32`
    fn page(&self, app: &App, filter: &Filter) -> Result<Vec<Param>, Error> {
        let position = filter.cursor.as_deref().map(|cursor| app.cursors.open::<2>(self.name, cursor)).transpose()?;
        let [key, id] = position.map_or([None, None], |position| position.map(Some));
        Ok(vec![limit(filter.limit)?.into(), key.into(), id.into(), self.column.into()])
    }

    async fn ask(&self, app: &App, caller: &Caller, shown: &Shown, params: &Params) -> Result<Json, Error> {
        let params = [&[shown.expand.as_deref().into()], params.filters.as_slice(), params.page.as_slice()].concat();
        // The token's role may have changed, and an API key tells none: the statement says for whom it is.
        let (mut own, mut rooms) = (caller.role_hint == Role::Requester, caller.role_hint == Role::Admin);
        for _ in 0..ATTEMPTS {
            let statement = match (own, rooms) {
                (true, _) => self.own,
                (false, true) => self.rooms,
                (false, false) => self.all,
            };
            match caller.ask_list(app, statement, &params).await? {
                Answer::Refused(Refusal::Role) => own = !own,
                Answer::Refused(Refusal::Rooms) => rooms = true,
                answer => return answer.body(),
            }
        }
        Err(changing())
    }

    /// Counted apart from the page, in the moment after it: few ask, and a statement that could do both is planned longer for all.
    async fn count(&self, app: &App, caller: &Caller, params: &Params) -> Result<Total, Error> {
        let all = [&[Param::Text(None)], params.filters.as_slice()].concat();
        let (count, other): (&'static str, &'static str) =
            if caller.role_hint == Role::Requester { (&COUNT_OWN, &COUNT) } else { (&COUNT, &COUNT_OWN) };
        let mut counted = caller.ask_list(app, count, &all).await?;
        if matches!(counted, Answer::Refused(Refusal::Role)) {
            counted = caller.ask_list(app, other, &all).await?;
        }
        let counted = counted.body()?;
        let counted: i64 = counted.parse().map_err(|error: std::num::ParseIntError| Error::Internal(error.into()))?;
        Ok(Total { counted: counted.min(self.counted_to), bound: self.counted_to })
    }
}

/// One for another role, one for the rooms, and the one that is right.
const ATTEMPTS: usize = 3;

fn changing() -> Error {
    Error::Forbidden("Your role changed during this request: repeat it.".into())
}
