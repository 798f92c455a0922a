//! What a change of an incident is decided by: one read, before the guarded write.
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::app::App;
use shared::caller::{Caller, Role};
use shared::error::Error;
use shared::idempotency::IdempotencyKey;
use shared::rules::incident::Current;
use shared::rules::sla::Said;
use shared::slas::Facts;
use uuid::Uuid;

/// The incident, who asks, and what the Idempotency-Key was answered before.
#[derive(Debug, Deserialize)]
pub(crate) struct Read {
    /// The caller's role now.
    pub(crate) role: Role,
    /// Whether the incident is the caller's own.
    pub(crate) own: bool,
    /// The body, as `GET` answers it.
    pub(crate) incident: Value,
    /// Who resolved it and can still work on it, where it is resolved and nobody's.
    resolver: Option<String>,
    /// What its clocks are computed from.
    pub(crate) slas: Facts,
    /// The stored answer.
    pub(crate) replay: Option<Box<RawValue>>,
}

/// Reads by id or number; 404 what the caller may not see.
pub(crate) async fn read(app: &App, caller: &Caller, id: &str, key: Option<&IdempotencyKey>, route: &str) -> Result<Read, Error> {
    let key = key.map_or(shared::db::Param::Text(None), IdempotencyKey::param);
    let found = caller.ask(app, READ, &[id.into(), key, route.into()]).await?.body()?;
    serde_json::from_str(&found).map_err(|error| Error::Internal(error.into()))
}
const READ: &str = include_str!("../sql/read.sql");

impl Read {
    /// What the rules look at.
    pub(crate) fn current(&self) -> Result<Current, Error> {
        let current = Current::deserialize(&self.incident).map_err(|error| Error::Internal(error.into()))?;
        Ok(Current { resolver: self.resolver.clone(), ..current })
    }

    /// Whose word a public comment of this caller would be, to a clock.
    pub(crate) fn says(&self) -> Option<Said> {
        if self.own { Some(Said::Caller) } else { self.role.works_tickets().then_some(Said::Agent) }
    }

    /// `tickets.id`
    pub(crate) fn id(&self) -> Result<Uuid, Error> {
        Uuid::deserialize(&self.incident["id"]).map_err(|error| Error::Internal(error.into()))
    }

    /// The version that was read.
    pub(crate) fn version(&self) -> i64 {
        self.incident["version"].as_i64().unwrap_or_default()
    }
}
