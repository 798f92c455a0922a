//! `GET /v1/incidents/{id}/slas`, and the same for `expand=sla`.
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, VARY};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::NoQuery;
use shared::caller::Caller;
use shared::conditional::json;
use shared::db::Json;
use shared::error::Error;
use shared::fields::{Object, objects};
use shared::rules::sla::{Book, Kind, Metric, Pause, Row, Stage, Told};
use shared::slas::{Facts, book_of};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where an incident stands with one definition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlaStanding)]
pub struct Standing {
    /// The definition: `/v1/slas/{id}`.
    sla_id: Uuid,
    /// What it is called.
    name: String,
    /// Whose promise it is.
    r#type: Kind,
    /// What is measured.
    metric: Metric,
    /// Where it stands.
    stage: Stage,
    /// From when on it counts.
    #[schema(value_type = String, format = "date-time")]
    started_at: Timestamp,
    /// When the goal is over; none while paused, and where the calendar never opens again.
    #[schema(value_type = Option<String>, format = "date-time")]
    due_at: Option<Timestamp>,
    /// As it was before any pause.
    #[schema(value_type = Option<String>, format = "date-time")]
    original_due_at: Option<Timestamp>,
    /// When it was completed or canceled.
    #[schema(value_type = Option<String>, format = "date-time")]
    stopped_at: Option<Timestamp>,
    /// Since when it is paused.
    #[schema(value_type = Option<String>, format = "date-time")]
    paused_since: Option<Timestamp>,
    /// By the clock on the wall, of pauses that are over.
    paused_seconds: i64,
    /// When the goal was missed.
    #[schema(value_type = Option<String>, format = "date-time")]
    breached_at: Option<Timestamp>,
    /// Of an update, how often it started.
    cycle: i32,
    /// Open time that is over, without pauses.
    elapsed_seconds: Option<i64>,
    /// Open time that is left; below zero once the goal is missed.
    remaining_seconds: Option<i64>,
    /// Of the goal.
    percent: Option<f64>,
    /// What happened, oldest first.
    timeline: Vec<Happened>,
}

/// What happened to a clock.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlaHappened)]
pub struct Happened {
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
    /// What.
    mark: Told,
    /// Why it was paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<Pause>,
}

/// All of an incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SlaStandings)]
pub(crate) struct Standings {
    /// When the rest was true.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
    /// By when they started.
    items: Vec<Standing>,
}

#[derive(Deserialize)]
struct Found {
    is_requester: bool,
    facts: Facts,
}

/// Where the incident stands with each promise, what is left of it now, and how it came there. Requesters see what is promised to customers.
#[utoipa::path(get, path = "/v1/incidents/{id}/slas", tag = "incidents", params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = Standings), (status = 400), (status = 401), (status = 404), (status = 429), (status = 503)))]
pub(crate) async fn slas(State(app): State<App>, caller: Caller, Path(id): Path<String>, _: NoQuery) -> Result<Response, Error> {
    let found: Found = parsed(&caller.ask(&app, SLAS, &[id.into()]).await?.body()?)?;
    let (book, at) = (book_of(&app, found.facts.book).await?, app.now());
    let standings = found.facts.rows.iter().filter_map(|row| Standing::of(&book, row, at));
    let items = standings.filter(|standing| !found.is_requester || standing.r#type == Kind::Sla).collect();
    let mut response = json(StatusCode::OK, text(&Standings { at, items })?);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response.headers_mut().insert(VARY, HeaderValue::from_static("Authorization, Accept"));
    Ok(response)
}
const SLAS: &str = include_str!("../sql/slas.sql");

impl Standing {
    fn of(book: &Book, row: &Row, now: Timestamp) -> Option<Self> {
        let definition = book.definition(row.sla_id)?;
        let measured = row.measured(book, now);
        let mut timeline: Vec<Happened> = row.marks.iter().map(|mark| Happened { at: mark.at, mark: mark.mark, pause: mark.pause }).collect();
        timeline.extend(row.breached_at.map(|at| Happened { at, mark: Told::Breached, pause: None }));
        timeline.sort_by_key(|happened| happened.at);
        Some(Self {
            sla_id: row.sla_id,
            name: definition.name.clone(),
            r#type: definition.kind,
            metric: definition.metric,
            stage: row.stage,
            started_at: row.started_at,
            due_at: row.due_at,
            original_due_at: row.original_due_at,
            stopped_at: row.stopped_at,
            paused_since: row.paused_since,
            paused_seconds: row.paused_seconds,
            breached_at: row.breached_at,
            cycle: row.cycle,
            elapsed_seconds: measured.map(|measured| measured.elapsed_seconds),
            remaining_seconds: measured.and_then(|measured| measured.remaining_seconds),
            percent: measured.and_then(|measured| measured.percent),
            timeline,
        })
    }
}

/// What `sla_rows` answers.
#[derive(Deserialize)]
struct Expanded {
    book: i64,
    rows: Vec<Row>,
}

/// An incident with the clocks in `expanded` computed.
pub(crate) async fn with_slas(app: &App, incident: &str) -> Result<Json, Error> {
    let incident: Object<'_> = parsed(incident)?;
    let expanded: Object<'_> = parsed(incident.get("expanded").unwrap_or("{}"))?;
    let Expanded { book, rows } = parsed(expanded.get("sla").unwrap_or(r#"{"book":0,"rows":[]}"#))?;
    let (book, now) = (book_of(app, book).await?, app.now());
    let standings: Vec<Standing> = rows.iter().filter_map(|row| Standing::of(&book, row, now)).collect();
    Ok(incident.with("expanded", &expanded.with("sla", &text(&standings)?)))
}

/// A page of incidents, each so.
pub(crate) async fn each_with_slas(app: &App, listed: &str) -> Result<Json, Error> {
    let page: Object<'_> = parsed(listed)?;
    let mut items = Vec::new();
    for incident in objects(page.get("items").unwrap_or("[]"))? {
        items.push(with_slas(app, &incident.text()).await?);
    }
    // As Postgres writes it, for whoever cuts it apart.
    Ok(format!(r#"{{"next" : {}, "items" : [{}]}}"#, page.get("next").unwrap_or("null"), items.join(",")))
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Internal(error.into()))
}

fn text(of: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(of).map_err(|error| Error::Internal(error.into()))
}
