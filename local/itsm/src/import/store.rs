//! The import's statements. Each does all of its work or none.
use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::rules::sla::Book;
use sqlx::{Connection, Executor, PgConnection};

use super::log::Incident;
use super::matrix::Matrix;
use super::met::{Met, id};
use super::plan::{Batch, Desk, Found, Part, to_json};
use super::summary::{Refused, Summary};

const MATRIX: &str = include_str!("../../sql/import_matrix.sql");
const ADOPT: &str = include_str!("../../sql/import_adopt.sql");
const NUMBERS: &str = include_str!("../../sql/import_numbers.sql");
const FIND: &str = include_str!("../../sql/import_find.sql");
const BOOK: &str = include_str!("../../../../shared/sql/sla_book.sql");
const WRITE: &str = include_str!("../../sql/import_write.sql");

/// The desk's database.
pub(super) struct Store(PgConnection);

#[derive(Deserialize)]
struct Written {
    numbers: Vec<String>,
    incidents: u64,
    versions: u64,
    people: u64,
    teams: u64,
    categories: u64,
    subcategories: u64,
}

#[derive(Deserialize)]
struct Cell {
    impact: i64,
    urgency: i64,
    priority: i64,
}

impl Store {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let mut connection = PgConnection::connect(url).await.context("connecting to the database")?;
        connection.execute("set statement_timeout = 0; set timezone = 'UTC'; set itsm.silent = 'on'").await?;
        Ok(Self(connection))
    }

    pub(super) async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }

    async fn ask<T: DeserializeOwned>(&mut self, sql: &'static str, parameter: String) -> Result<T, sqlx::Error> {
        let answer: String = sqlx::query_scalar(sql).bind(parameter).fetch_one(&mut self.0).await?;
        serde_json::from_str(&answer).map_err(|error| sqlx::Error::Decode(error.into()))
    }

    /// The desk's priority matrix.
    pub(super) async fn matrix(&mut self) -> Result<Matrix> {
        let answer: String = sqlx::query_scalar(MATRIX).fetch_one(&mut self.0).await.context("the priority matrix")?;
        let cells: Vec<Cell> = serde_json::from_str(&answer)?;
        Ok(cells.into_iter().map(|cell| ((cell.impact, cell.urgency), cell.priority)).collect())
    }

    /// What clocks are computed with.
    pub(super) async fn book(&mut self) -> Result<Book> {
        let page: String = sqlx::query_scalar(BOOK).fetch_one(&mut self.0).await.context("the service level definitions")?;
        shared::slas::parse(&page)
    }

    /// Makes the log's cells the desk's, with the event of a changed setting. How many changed.
    pub(super) async fn adopt(&mut self, matrix: &Matrix) -> Result<u64> {
        let cells = matrix.iter().map(|((impact, urgency), priority)| json!({"impact": impact, "urgency": urgency, "priority": priority}));
        self.ask(ADOPT, Value::from_iter(cells).to_string()).await.context("adopting the priority matrix")
    }

    /// Moves the sequence past the log's numbers, before any of them is written.
    pub(super) async fn numbers_past(&mut self, highest: i64) -> Result<()> {
        let _last: i64 = self.ask(NUMBERS, highest.to_string()).await.context("moving the incident numbers past the log's")?;
        Ok(())
    }

    /// What is there of these incidents, their teams and their people.
    pub(super) async fn find(&mut self, incidents: &[Incident]) -> Result<Found> {
        let met = Met::of(incidents.iter().flat_map(|incident| &incident.versions));
        let asked = json!({
            "numbers": incidents.iter().map(|incident| &incident.number).collect::<Vec<_>>(),
            "teams": met.teams,
            "people": met.people.keys().map(|email| json!({"id": id(email), "email": email})).collect::<Vec<_>>(),
        });
        self.ask(FIND, asked.to_string()).await.context("looking for what is there already")
    }

    /// Writes the batch in one statement. Where the database refuses a value, incident by incident, so that only its own is refused.
    pub(super) async fn write(&mut self, batch: &mut Batch<'_>, summary: &mut Summary) -> Result<()> {
        let parts = std::mem::take(&mut batch.parts);
        if parts.is_empty() {
            return Ok(());
        }
        match self.write_parts(&parts, batch.desk).await {
            Ok(written) => {
                written.add_to(summary);
                for part in parts {
                    if written.numbers.iter().any(|number| number == part.number) {
                        batch.parts.push(part);
                    } else {
                        refuse(&part, "somebody else wrote it at the same time: import again", summary);
                    }
                }
                Ok(())
            }
            Err(error) if is_about_values(&error) => self.write_singly(parts, batch, summary).await,
            Err(error) => Err(error).context("writing incidents"),
        }
    }

    async fn write_singly<'a>(&mut self, parts: Vec<Part<'a>>, batch: &mut Batch<'a>, summary: &mut Summary) -> Result<()> {
        for part in parts {
            match self.write_parts(std::slice::from_ref(&part), batch.desk).await {
                Ok(written) => {
                    written.add_to(summary);
                    batch.parts.push(part);
                }
                Err(error) if is_about_values(&error) => refuse(&part, &format!("the database refuses it: {error}"), summary),
                Err(error) => return Err(error).context("writing incidents"),
            }
        }
        Ok(())
    }

    async fn write_parts(&mut self, parts: &[Part<'_>], desk: &Desk) -> Result<Written, sqlx::Error> {
        self.ask(WRITE, to_json(parts, desk).to_string()).await
    }
}

impl Written {
    fn add_to(&self, summary: &mut Summary) {
        let imported = &mut summary.imported;
        imported.incidents += self.incidents;
        imported.versions += self.versions;
        imported.people += self.people;
        imported.teams += self.teams;
        imported.categories += self.categories;
        imported.subcategories += self.subcategories;
    }
}

fn refuse(part: &Part<'_>, reason: &str, summary: &mut Summary) {
    let reason = format!("{}: {reason}", part.number);
    summary.refused.extend(part.rows.iter().map(|row| Refused { line: row.line, reason: reason.clone() }));
}

/// SQLSTATE classes 22 (data) and 23 (constraints).
fn is_about_values(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}
