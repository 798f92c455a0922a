//! `PATCH /v1/settings`
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::body::Body;
use shared::caller::Caller;
use shared::conditional::{IfMatch, written};
use shared::error::{Error, OnConstraint};
use utoipa::ToSchema;

use crate::get::{Priority, Settings};

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettingsChange)]
pub(crate) struct Change {
    /// 0 to 365; 0 closes at once.
    auto_close_days: Option<i64>,
    /// The cells to change.
    #[serde(default)]
    priorities: Vec<Priority>,
}

/// Change the settings; administrators only. An edited matrix counts from the next change of impact or urgency on.
#[utoipa::path(patch, path = "/v1/settings", tag = "settings", request_body = Change,
    params(("If-Match" = Option<String>, Header, description = "the ETag read")),
    responses((status = 200, body = Settings), (status = 400), (status = 401), (status = 403), (status = 412), (status = 422)))]
pub(crate) async fn update(State(app): State<App>, caller: Caller, if_match: IfMatch, change: Body<Change>) -> Result<Response, Error> {
    change.value.check()?;
    let read = |body: &str| serde_json::from_str::<Versioned>(body).map_err(|error| Error::Internal(error.into()));
    loop {
        let version = read(&caller.ask(&app, GET, &[]).await?.body()?)?.version;
        if_match.check(version)?;
        let change = serde_json::to_string(&change.value).map_err(|error| Error::Internal(error.into()))?;
        let outcome = caller.ask(&app, UPDATE, &[version.into(), change.into(), app.now().into()]).await;
        match outcome.on_constraint("settings_auto_close_days_check", "/auto_close_days", "It is from 0 to 365.")?.found()? {
            Some(body) => return written(body),
            None if if_match.is_given() => return Err(Error::PreconditionFailed),
            None => {} // somebody else was first: look again
        }
    }
}
const GET: &str = include_str!("../sql/get.sql");
const UPDATE: &str = include_str!("../sql/update.sql");

#[derive(Deserialize)]
struct Versioned {
    version: i64,
}

impl Change {
    fn check(&self) -> Result<(), Error> {
        if !(0..=365).contains(&self.auto_close_days.unwrap_or(0)) {
            return Err(Error::invalid("/auto_close_days", "It is from 0 to 365."));
        }
        let mut cells = std::collections::HashSet::new();
        for (at, cell) in self.priorities.iter().enumerate() {
            let valid = (1..=3).contains(&cell.impact) && (1..=3).contains(&cell.urgency) && (1..=5).contains(&cell.priority);
            if !valid || !cells.insert((cell.impact, cell.urgency)) {
                return Err(Error::invalid(&format!("/priorities/{at}"), "Impact and urgency are 1 to 3, priority 1 to 5, each cell once."));
            }
        }
        Ok(())
    }
}
