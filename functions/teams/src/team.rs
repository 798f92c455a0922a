//! A team as the API shows it. Postgres writes it; this type documents it and holds the tests to it.
use serde::Deserialize;
use shared::db::Param;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// A team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// UUIDv7.
    pub id: Uuid,
    /// Unique.
    #[schema(min_length = 1, max_length = 160, example = "Network")]
    pub name: String,
    /// What it does.
    #[schema(max_length = 4000)]
    pub description: String,
    /// Whether it may keep tickets to itself; who is on it is known to itself and to administrators.
    pub restricted: bool,
    /// One that is not active gets no new tickets.
    pub active: bool,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[schema(format = "date-time")]
    pub created_at: String,
    /// When it last changed.
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// A page of teams.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TeamPage)]
pub struct Page {
    /// By name.
    pub items: Vec<Team>,
    /// For the page after this one.
    pub next: Option<String>,
}

/// The id in a path; nothing has another name, so anything else is a 404.
pub(crate) fn id(path: &str) -> Result<Param, Error> {
    path.parse::<Hyphenated>().map(|id| Uuid::from(id).into()).map_err(|_| Error::NotFound)
}

/// A name that can be read.
pub(crate) fn readable(name: &str) -> Result<(), Error> {
    if name.trim().is_empty() || name.contains(char::is_control) {
        return Err(Error::invalid("/name", "It has 1 to 160 characters, not all blank, and no control characters."));
    }
    Ok(())
}
