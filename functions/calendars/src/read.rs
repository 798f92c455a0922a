//! What a change of a calendar is decided by, and the change itself.
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use shared::app::App;
use shared::caller::Caller;
use shared::db::{Json, Param};
use shared::error::Error;
use shared::write::committed;

use crate::calendar::Fields;
use crate::refusal::explained;

/// The calendar as it is answered, and what of it can be written.
#[derive(Debug, Deserialize)]
pub(crate) struct Read {
    pub(crate) calendar: Box<RawValue>,
    pub(crate) fields: Map<String, Value>,
    pub(crate) version: i64,
}

/// For managers and administrators.
pub(crate) async fn read(app: &App, caller: &Caller, id: &Param) -> Result<Read, Error> {
    let found = caller.ask(app, READ, std::slice::from_ref(id)).await?.body()?;
    serde_json::from_str(&found).map_err(|error| Error::Internal(error.into()))
}
const READ: &str = include_str!("../sql/read.sql");

impl Read {
    /// Makes it so, with the job that computes anew what stands with it; nothing where the calendar is no longer as it was read.
    pub(crate) async fn change(&self, app: &App, caller: &Caller, id: &Param, fields: &Fields) -> Result<Option<Json>, Error> {
        let set = serde_json::to_value(fields).map_err(|error| Error::Internal(error.into()))?;
        if set.as_object() == Some(&self.fields) {
            return Ok(Some(self.calendar.to_string()));
        }
        let params = [id.clone(), self.version.into(), set.to_string().into(), app.now().into()];
        match explained(caller.ask(app, UPDATE, &params).await)?.found()? {
            Some(statement) => Ok(Some(committed(app, &statement).await?)),
            None => Ok(None),
        }
    }
}
const UPDATE: &str = include_str!("../sql/update.sql");
