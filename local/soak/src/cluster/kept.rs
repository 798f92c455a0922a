//! Writes that were acknowledged, and whether they are there.
use anyhow::Result;
use serde::Serialize;
use sqlx::PgConnection;

/// What was acknowledged.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Incidents.
    pub(super) created: Vec<String>,
    /// Incidents with the version that was answered.
    pub(super) patched: Vec<(String, i64)>,
    /// Comments.
    pub(super) commented: Vec<String>,
}

/// How many of each, and how many of all are not there.
#[derive(Debug, Serialize)]
pub struct Kept {
    /// Incidents that were raised.
    pub created: usize,
    /// Changes.
    pub patched: usize,
    /// Comments.
    pub commented: usize,
    /// Of these, those that are not there with their event. Target: none.
    pub lost: i64,
}

const CREATED: &str = "select count(*) from unnest($1::text[]) as made(id) where not exists (
    select from tickets t join events e on e.ticket_id = t.id and e.version = 1 where t.id = made.id::uuid)";
const PATCHED: &str = "select count(*) from unnest($1::text[], $2::int8[]) as made(id, version) where not exists (
    select from tickets t join events e on e.ticket_id = t.id where t.id = made.id::uuid and e.version = made.version and t.version >= made.version)";
const COMMENTED: &str =
    "select count(*) from unnest($1::text[]) as made(id) where not exists (select from comments where comments.id = made.id::uuid)";

impl Made {
    pub(super) async fn look_for(self, connection: &mut PgConnection) -> Result<Kept> {
        let (ids, versions): (Vec<String>, Vec<i64>) = self.patched.into_iter().unzip();
        let created: i64 = sqlx::query_scalar(CREATED).bind(&self.created).fetch_one(&mut *connection).await?;
        let patched: i64 = sqlx::query_scalar(PATCHED).bind(&ids).bind(&versions).fetch_one(&mut *connection).await?;
        let commented: i64 = sqlx::query_scalar(COMMENTED).bind(&self.commented).fetch_one(&mut *connection).await?;
        let lost = created + patched + commented;
        Ok(Kept { created: self.created.len(), patched: ids.len(), commented: self.commented.len(), lost })
    }
}
