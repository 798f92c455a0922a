//! The platform's statements, word for word, with its parameters.
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use crate::Bare;
use crate::answer::Param::{Int, Text};
use crate::answer::{Failed, body, text};

const GET: &str = include_str!("../../../functions/incidents/sql/get.sql");
const CREATE: &str = include_str!("../../../functions/incidents/sql/create.sql");
const READ: &str = include_str!("../../../functions/incidents/sql/read.sql");
const UPDATE: &str = include_str!("../../../functions/incidents/sql/update.sql");
/// As `list.rs` of the incidents joins it, for `sort=-opened_at`.
const LIST: &str = concat!(
    include_str!("../../../functions/incidents/sql/list.sql"),
    "and ($5::text is null or (t.opened_at, t.id) < ($5::text::timestamptz, $6::text::uuid)) order by t.opened_at desc, t.id desc\n",
    include_str!("../../../functions/incidents/sql/list_page.sql")
);
/// As long as the platform's SHA-256 of the body.
const DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One statement.
pub(crate) async fn get(State(bare): State<Bare>, Path(id): Path<String>) -> Result<Response, Failed> {
    Ok(body(text(&bare.pool, GET, &[Text(Some(&bare.session)), Text(Some(&id))]).await?))
}

/// The first 50.
pub(crate) async fn list(State(bare): State<Bare>) -> Result<Response, Failed> {
    let params = [Text(Some(&bare.session)), Int(Some(50)), Text(None), Int(None), Text(None), Text(None), Text(Some("opened_at"))];
    Ok(body(text(&bare.lists, LIST, &params).await?))
}

/// The request's body with an id put in front, as it is.
pub(crate) async fn create(State(bare): State<Bare>, request: String) -> Result<Response, Failed> {
    let (incident, now) = (with_id(&request), jiff::Timestamp::now().to_string());
    let params = [Text(Some(&bare.session)), Text(Some(&incident)), Text(Some(&now)), Text(None), Text(Some(DIGEST))];
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
        if let Some(written) = text(&bare.pool, UPDATE, &params).await? {
            return Ok(body(Some(written)));
        }
    }
}
