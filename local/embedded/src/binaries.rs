//! Which PostgreSQL: the one that was named, else the first that fits of those on the PATH and in the
//! folders that distributions use (few of them put `postgres` on the PATH).

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::EmbeddedError;

/// The oldest major version the platform's SQL is tested with.
const OLDEST: u32 = 15;
const VARIABLE: &str = "ITSM_POSTGRES_BIN";

/// Where versions lie side by side: `PARENT/PREFIX*/bin`.
const USUAL: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql"),
    ("/usr/local/opt", "postgresql"),
    ("/Applications/Postgres.app/Contents/Versions", ""),
];

/// A folder of programs.
#[derive(Debug)]
pub(crate) struct Binaries(PathBuf);

impl Binaries {
    /// Those to use: `named` alone if given; of version `made_by` if a cluster is there already.
    pub(crate) fn find(named: Option<&Path>, made_by: Option<u32>) -> Result<Self, EmbeddedError> {
        let named = named.map(Path::to_owned).or_else(|| Some(PathBuf::from(env::var_os(VARIABLE)?)));
        let looked = match &named {
            Some(folder) => format!("looked only in {}, as told", folder.display()),
            None => "looked on the PATH and in the usual folders".to_owned(),
        };
        let mut others = Vec::new();
        for folder in candidates(named) {
            match version(&folder) {
                Some(major) if made_by.map_or(major >= OLDEST, |made_by| made_by == major) => {
                    return Ok(Self(folder));
                }
                Some(major) => others.push(format!("{major} ({})", folder.display())),
                None => {}
            }
        }
        if others.is_empty() {
            return Err(EmbeddedError::NotInstalled { looked });
        }
        Err(EmbeddedError::WrongVersion {
            need: match made_by {
                Some(major) => format!("the database was made by PostgreSQL {major}"),
                None => format!("PostgreSQL {OLDEST} or newer is needed"),
            },
            major: made_by.unwrap_or(OLDEST),
            found: others.join(", "),
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// Lazily, so that `pg_config` is asked only when nothing else was found.
fn candidates(named: Option<PathBuf>) -> impl Iterator<Item = PathBuf> {
    let search = named.is_none();
    let found = search.then(|| on_path().chain(usual()).chain(told_by_pg_config()));
    let home = |folder: PathBuf| {
        let server = fs::canonicalize(folder.join("postgres")).ok()?;
        let folder = server.parent()?.to_owned();
        folder.join("initdb").is_file().then_some(folder)
    };
    named.into_iter().chain(found.into_iter().flatten()).filter_map(home)
}

fn on_path() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

/// Newest first within each place.
fn usual() -> impl Iterator<Item = PathBuf> {
    USUAL.iter().flat_map(|(parent, prefix)| {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let mut versions: Vec<_> = entries.filter(|entry| starts_with(&entry.file_name(), prefix)).map(|entry| entry.path()).collect();
        versions.sort_by_key(|path| std::cmp::Reverse(number_in(path)));
        versions.into_iter().map(|path| path.join("bin"))
    })
}

fn told_by_pg_config() -> impl Iterator<Item = PathBuf> {
    std::iter::once_with(|| {
        let told = Command::new("pg_config").arg("--bindir").output().ok()?;
        let folder = String::from_utf8(told.stdout).ok()?;
        Some(PathBuf::from(folder.trim()))
    })
    .flatten()
}

fn starts_with(name: &OsStr, prefix: &str) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(prefix))
}

fn number_in(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The major version, from `postgres (PostgreSQL) 15.8 (Debian 15.8-1)` or `... 18beta1`.
fn version(folder: &Path) -> Option<u32> {
    let said = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    let major = version.split(|c: char| !c.is_ascii_digit()).next()?;
    major.parse().ok()
}
