//! Which database a command works on: `DATABASE_URL`, else a private Postgres in the data folder.
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use embedded::{Embedded, EmbeddedError};
use sqlx::{Connection, PgConnection};

use crate::migrate::migrate;

/// How long a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection for a command, or an error within seconds: a server that never answers must not hang a start.
pub async fn connect(url: &str) -> Result<PgConnection> {
    let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect(url)).await;
    connecting.context("connecting to the database: no answer within 5 seconds")?.context("connecting to the database")
}

/// A database and, where it is ours, the server that runs it.
pub struct Database {
    /// For the functions: the role `itsm_app`, or whoever `DATABASE_URL` names.
    pub url: String,
    /// For schema and administration.
    pub owner_url: String,
    /// The private server; it stops with this value.
    pub embedded: Option<Embedded>,
}

/// `ITSM_DATA_DIR`, else `/var/lib/itsm` for root, else the user's data folder.
pub fn data_dir() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("ITSM_DATA_DIR").filter(|dir| !dir.is_empty()) {
        return Ok(std::path::absolute(dir)?);
    }
    let home = PathBuf::from(std::env::var_os("HOME").context("neither ITSM_DATA_DIR nor HOME is set")?);
    if home == std::path::Path::new("/root") {
        return Ok("/var/lib/itsm".into());
    }
    let base = std::env::var_os("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from);
    Ok(base.join("itsm"))
}

fn folder() -> Result<PathBuf> {
    Ok(data_dir()?.join("db"))
}

fn as_app(owner_url: &str) -> String {
    owner_url.replace("user=itsm", &format!("user={APP}"))
}

/// The role that the functions have on a database that `itsm migrate` made.
const APP: &str = "itsm_app";

impl Database {
    /// Opens it. A private one is made, started and migrated as needed; a given one is left as it is.
    pub async fn open() -> Result<Self> {
        if let Some(url) = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()) {
            let owner_url = std::env::var("DATABASE_OWNER_URL").unwrap_or_else(|_| url.clone());
            return Ok(Self { url, owner_url, embedded: None });
        }
        let embedded = Embedded::start(&folder()?).await?;
        let owner_url = embedded.url(embedded::OWNER);
        migrate(&owner_url).await?;
        Ok(Self { url: as_app(&owner_url), owner_url, embedded: Some(embedded) })
    }

    /// The same for a command that may work beside a running `itsm serve`: its private server is used while it has one.
    pub async fn open_beside() -> Result<Self> {
        match Self::open().await {
            Err(error) if matches!(error.downcast_ref(), Some(EmbeddedError::InUse { .. })) => {
                let owner_url = Embedded::url_of_running(&folder()?, embedded::OWNER).ok_or(error)?;
                Ok(Self { url: as_app(&owner_url), owner_url, embedded: None })
            }
            opened => opened,
        }
    }

    /// Stops the private server, if there is one.
    pub async fn close(self) -> Result<()> {
        match self.embedded {
            Some(embedded) => Ok(embedded.stop().await?),
            None => Ok(()),
        }
    }
}
