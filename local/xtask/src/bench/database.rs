//! A private Postgres as it would run in production (every commit on the disk), and copies of one filled database.
use std::cell::Cell;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use embedded::{Embedded, Options};
use tempfile::TempDir;

use super::tools::{Tools, output};

const FILLED: &str = "filled";
/// Of the role `itsm_app`, on a server that only this machine reaches and that ends with the measurement.
const PASSWORD: &str = "bench";

/// The server. It stops, and its folder goes, with this value.
pub(super) struct Database {
    server: Embedded,
    dir: TempDir,
    copies: Cell<u32>,
}

impl Database {
    /// Starts it, on TCP: that is how a service reaches its database.
    pub(super) fn start() -> Result<Self> {
        // Root hands the server to an unprivileged user, who must reach the folder.
        let dir = tempfile::Builder::new().prefix("itsm-bench-").permissions(Permissions::from_mode(0o755)).tempdir()?;
        let options = Options { tcp: true, ..Options::default() };
        let server = Embedded::start_blocking(&dir.path().join("db"), &options)?;
        let found = Self { server, dir, copies: Cell::new(0) };
        ensure!(found.program("pgbench").exists(), "pgbench is not installed: sudo apt-get install postgresql-contrib");
        Ok(found)
    }

    /// A program of the server's version.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.server.binaries().join(name)
    }

    /// For whatever the measurement leaves behind.
    pub(super) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Migrates and seeds the database that is copied.
    pub(super) fn fill(&self, tools: &Tools, incidents: u32) -> Result<()> {
        self.make(tools, FILLED, incidents).map(drop)
    }

    /// Makes a database with so many incidents; how long the seeding took.
    pub(super) fn make(&self, tools: &Tools, name: &str, incidents: u32) -> Result<Duration> {
        self.sql(embedded::OWNER, &format!("create database {name}"))?;
        let itsm = |arguments: &[&str]| -> Result<String> {
            output(Command::new(&tools.itsm).args(arguments).env("DATABASE_URL", self.owner_url(name)?).env("ITSM_DATA_DIR", self.dir()))
        };
        itsm(&["migrate"])?;
        let begun = Instant::now();
        itsm(&["seed", "--incidents", &incidents.to_string()])?;
        let took = begun.elapsed();
        self.sql(name, &format!("alter role itsm_app password '{PASSWORD}'"))?;
        self.sql(name, "vacuum (freeze, analyze)")?;
        self.sql(embedded::OWNER, "checkpoint")?;
        Ok(took)
    }

    /// The URL of a database for the functions' role.
    pub(super) fn url(&self, name: &str) -> Result<String> {
        let owner = self.owner_url(name)?;
        let (_, place) = owner.split_once('@').context("a URL without a host")?;
        Ok(format!("postgres://itsm_app:{PASSWORD}@{place}"))
    }

    /// A fresh copy, and its URL for the functions' role.
    pub(super) fn copy(&self) -> Result<(String, String)> {
        self.copies.set(self.copies.get() + 1);
        let name = format!("copy{}", self.copies.get());
        self.sql(embedded::OWNER, &format!("create database {name} template {FILLED}"))?;
        self.sql(embedded::OWNER, "checkpoint")?;
        Ok((self.url(&name)?, name))
    }

    /// Takes a copy away.
    pub(super) fn drop(&self, name: &str) -> Result<()> {
        self.sql(embedded::OWNER, &format!("drop database if exists {name} with (force)")).map(drop)
    }

    /// Runs a statement as the owner; its rows, a line each.
    pub(super) fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let mut psql = Command::new(self.program("psql"));
        output(psql.args(["-XAqt", "-v", "ON_ERROR_STOP=1", "-c", statement]).arg(self.owner_url(database)?))
    }

    /// For schema and administration.
    pub(super) fn owner_url(&self, database: &str) -> Result<String> {
        self.server.tcp_url(database).context("the server has no TCP")
    }
}
