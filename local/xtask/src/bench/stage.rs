//! One copy of the database with the platform and the bare handler in front of it.
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::database::Database;
use super::process::{Process, ask};
use super::tools::Tools;

/// Who asks: an agent of the demonstration's.
const LOGIN: &str = r#"{"email":"agent@example.com","password":"itsm-demo-only"}"#;

/// Everything that one round needs.
pub(super) struct Stage<'a> {
    /// The programs.
    pub(super) tools: &'a Tools,
    /// The server.
    pub(super) database: &'a Database,
    /// The platform.
    pub(super) itsm: Process,
    /// The bare handler.
    pub(super) bare: Process,
    /// The copy, for the functions' role.
    pub(super) url: String,
    /// The agent's access token.
    pub(super) token: String,
    /// The agent's session.
    pub(super) session: String,
    /// A Lua file with the ids of incidents that may still change: a resolved one may close meanwhile.
    pub(super) ids: PathBuf,
    name: String,
}

impl<'a> Stage<'a> {
    /// Copies, starts, logs in.
    pub(super) fn open(tools: &'a Tools, database: &'a Database) -> Result<Self> {
        let (url, name) = database.copy()?;
        let itsm = itsm(tools, database, &url)?;
        let (status, body) = ask(itsm.port, "POST", "/v1/auth/login", LOGIN)?;
        ensure!(status == 200, "logging in: {status} {body}");
        let token = serde_json::from_str::<Value>(&body)?["access_token"].as_str().context("no access token")?.to_owned();
        let found = database.sql(&name, "select id || ' ' || user_id from sessions order by created_at desc limit 1")?;
        let (session, user) = found.trim().split_once(' ').context("no session")?;
        let mut bare = Command::new(&tools.bare);
        bare.env("DATABASE_URL", &url).env("BENCH_SESSION", session).env("BENCH_USER", user);
        let bare = Process::start(&mut bare, "/v1/incidents")?;
        let session = session.to_owned();
        let stage = Self { tools, database, itsm, bare, url, token, session, ids: database.dir().join("ids.lua"), name };
        let ids = stage.sql(
            "select string_agg(format('%L', id), ', ') from tickets where state in ('new', 'in_progress', 'on_hold') and restricted_to is null",
        )?;
        std::fs::write(&stage.ids, format!("return {{ {} }}\n", ids.trim()))?;
        Ok(stage)
    }

    /// A statement on the copy.
    pub(super) fn sql(&self, statement: &str) -> Result<String> {
        self.database.sql(&self.name, statement)
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        let _gone_with_the_server = self.database.drop(&self.name);
    }
}

/// The platform on this database, ready.
pub(super) fn itsm(tools: &Tools, database: &Database, url: &str) -> Result<Process> {
    let mut serve = Command::new(&tools.itsm);
    serve.arg("serve").env("DATABASE_URL", url).env("ITSM_DATA_DIR", database.dir());
    // A load is a few people, each of whom asks more than anybody may.
    Process::start(serve.env("RATE_LIMIT", "0"), "/health/ready")
}
