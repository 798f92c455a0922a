//! The platform's statements, word for word, with its parameters.
use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use shared::db::{Param, asked};
use uuid::Uuid;

use crate::Bare;
use crate::answer::Param::{Bool, Int, Text};
use crate::answer::{Failed, body, text};

const GET: &str = include_str!("../../../functions/incidents/sql/get.sql");
const CREATE: &str = include_str!("../../../functions/incidents/sql/create.sql");
const READ: &str = include_str!("../../../functions/incidents/sql/read.sql");
const UPDATE: &str = include_str!("../../../functions/incidents/sql/update.sql");
/// Of the Idempotency-Key, which a PATCH of the load has none of.
const ROUTE: &str = "PATCH /v1/incidents ";
/// As long as the platform's SHA-256 of the body.
const DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One statement.
pub(crate) async fn get(State(bare): State<Bare>, Path(id): Path<String>) -> Result<Response, Failed> {
    Ok(body(text(&bare.pool, GET, &[Text(Some(&bare.session)), Text(Some(&id))]).await?))
}

/// The first 50, by the platform's statement for `sort=-opened_at`.
pub(crate) async fn list(State(bare): State<Bare>) -> Result<Response, Failed> {
    let mut params = [Text(None); 32];
    params[0] = Text(Some(&bare.session));
    for (number, none) in FLAGS.map(|number| (number, Bool(None))).into_iter().chain(NUMBERS.map(|number| (number, Int(None)))) {
        params[number - 1] = none;
    }
    (params[28], params[31]) = (Int(Some(50)), Text(Some("opened_at")));
    Ok(body(text(&bare.pool, &NEWEST, &params).await?))
}
/// Filters that are true or false, and those that are numbers: a null has its type.
const FLAGS: [usize; 6] = [3, 10, 12, 13, 17, 19];
const NUMBERS: [usize; 2] = [6, 7];
/// As the platform sends it where nobody asks for anything.
static NEWEST: LazyLock<String> = LazyLock::new(|| {
    let mut params = [const { Param::Text(None) }; 32];
    params[28] = Param::Int(Some(50));
    asked(incidents::newest(), &params).sql
});

/// The request's body with an id put in front, as it is.
pub(crate) async fn create(State(bare): State<Bare>, request: String) -> Result<Response, Failed> {
    let (incident, now) = (with_id(&request), jiff::Timestamp::now().to_string());
    let params = [Text(Some(&bare.session)), Text(Some(&incident)), Text(Some(&now)), Text(None), Text(Some(DIGEST)), Text(None)];
    Ok(body(text(&bare.pool, CREATE, &params).await?))
}

pub(crate) fn with_id(request: &str) -> String {
    format!(r#"{{"id":"{}",{}"#, Uuid::now_v7(), request.strip_prefix('{').unwrap_or_default())
}

#[derive(Deserialize)]
struct Read<'a> {
    role: &'a str,
    #[serde(borrow)]
    incident: Incident<'a>,
}
#[derive(Deserialize)]
struct Incident<'a> {
    id: &'a str,
    version: i64,
}

/// Read, then the guarded write with whatever the request says; again where somebody else was first.
pub(crate) async fn patch(State(bare): State<Bare>, Path(id): Path<String>, request: String) -> Result<Response, Failed> {
    loop {
        let params = [Text(Some(&bare.session)), Text(Some(&id)), Text(None), Text(Some(""))];
        let Some(found) = text(&bare.pool, READ, &params).await? else { return Ok(body(None)) };
        let read: Read<'_> = serde_json::from_str(&found)?;
        let now = jiff::Timestamp::now().to_string();
        let (session, id) = (Text(Some(&bare.session)), Text(Some(read.incident.id)));
        let params = [session, id, Int(Some(read.incident.version)), Text(Some(&request)), Text(Some(&now)), Text(Some(read.role))];
        let params = [params.as_slice(), &[Text(None), Text(Some(ROUTE)), Text(Some(DIGEST)), Text(None)]].concat();
        if let Some(written) = text(&bare.pool, UPDATE, &params).await? {
            return Ok(body(Some(written)));
        }
    }
}
