//! `itsm backup`: a dump of one moment, with its checksum and with what it holds, so that a restore can be held against both.
//!
//! ```text
//! DIR/itsm-20260102T030405Z.dump         pg_dump, custom format
//! DIR/itsm-20260102T030405Z.dump.sha256  as `sha256sum --check` reads it
//! DIR/itsm-20260102T030405Z.json         migration, rows of each table, hashes of a sample; written last: a backup without it is none
//! ```
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Connection, Executor, PgConnection};

use crate::database::connect;
use crate::postgres::Program;

const CONTENTS: &str = include_str!("../sql/backup_contents.sql");

/// What a database holds; the same of a backup and of what is restored from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The schema's version.
    pub migration: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, i64>,
    /// A hash over a thousand rows, by table; nothing of an empty one.
    pub sample: BTreeMap<String, Option<String>>,
}

/// Reads it, on a connection whose snapshot says of when.
pub(crate) async fn contents(connection: &mut PgConnection) -> Result<Contents> {
    let json: String = sqlx::query_scalar(CONTENTS).fetch_one(connection).await.context("counting")?;
    Ok(serde_json::from_str(&json)?)
}

/// Writes a backup of the database at `url` (of its owner) into `dir` and takes away all but the newest `keep`; answers its dump.
///
/// Counted and dumped is one snapshot, whatever is written meanwhile. `metrics` is a file for Prometheus' node exporter (textfile collector).
pub async fn backup(url: &str, dir: &Path, keep: usize, metrics: Option<&Path>) -> Result<PathBuf> {
    let (begun, at) = (Instant::now(), shared::app::now());
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let dump = dir.join(format!("itsm-{}.dump", at.strftime("%Y%m%dT%H%M%SZ")));
    ensure!(!dump.exists(), "{} is there already", dump.display());
    let part = dump.with_extension("part");
    let contents = dumped(url, &part).await.inspect_err(|_| {
        let _nothing_was_written = fs::remove_file(&part);
    })?;
    let sum = checksum(&part)?;
    fs::File::open(&part)?.sync_all()?;
    fs::rename(&part, &dump)?;
    let name = dump.file_name().unwrap_or_default().to_string_lossy();
    fs::write(dump.with_extension("dump.sha256"), format!("{sum}  {name}\n"))?;
    fs::write(dump.with_extension("json"), serde_json::to_string_pretty(&contents)?)?;
    retain(dir, keep)?;
    if let Some(file) = metrics {
        report(file, at, begun.elapsed().as_secs_f64(), fs::metadata(&dump)?.len())?;
    }
    Ok(dump)
}

/// Dumps the snapshot that is counted, and answers what was counted.
async fn dumped(url: &str, file: &Path) -> Result<Contents> {
    let mut connection = connect(url).await?;
    connection.execute("set timezone = 'UTC'; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0").await?;
    connection.execute("begin isolation level repeatable read read only").await?;
    let snapshot: String = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut connection).await?;
    let contents = contents(&mut connection).await?;
    let mut dump = Program::new("pg_dump", url)?;
    dump.args(["--format=custom", "--no-password", "--snapshot", &snapshot, "--file"]).arg(file);
    dump.run().await?;
    connection.close().await?;
    Ok(contents)
}

/// SHA-256 of a file, in hexadecimal.
pub(crate) fn checksum(file: &Path) -> Result<String> {
    let mut file = fs::File::open(file).with_context(|| format!("reading {}", file.display()))?;
    let (mut sum, mut part) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => sum.update(&part[..read]),
        }
    }
}

/// Takes away the oldest backups beyond `keep`, and what an interrupted one left.
fn retain(dir: &Path, keep: usize) -> Result<()> {
    let names = fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<Result<Vec<_>>>()?;
    let stems = |end: &str| {
        let mut stems: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(end)).filter(|stem| stem.starts_with("itsm-2")).collect();
        stems.sort_unstable();
        stems
    };
    let whole = stems(".json");
    // The backup without a list of what it holds was interrupted: the one just made has its own.
    let broken = [stems(".dump"), stems(".part")].concat().into_iter().filter(|stem| !whole.contains(stem));
    let old = whole.iter().copied().take(whole.len().saturating_sub(keep.max(1)));
    for stem in old.chain(broken) {
        for end in ["json", "dump.sha256", "dump", "part"] {
            let _not_all_are_there = fs::remove_file(dir.join(format!("{stem}.{end}")));
        }
    }
    Ok(())
}

/// For the node exporter; replaced whole, because it may be read at any time.
fn report(file: &Path, at: Timestamp, seconds: f64, bytes: u64) -> Result<()> {
    let text = format!(
        "# HELP itsm_backup_last_success_seconds When the last backup that succeeded was begun.\n# TYPE itsm_backup_last_success_seconds gauge\n\
         itsm_backup_last_success_seconds {}\n\
         # HELP itsm_backup_seconds How long it took.\n# TYPE itsm_backup_seconds gauge\nitsm_backup_seconds {seconds:.3}\n\
         # HELP itsm_backup_bytes How large it is.\n# TYPE itsm_backup_bytes gauge\nitsm_backup_bytes {bytes}\n",
        at.as_second()
    );
    let draft = file.with_extension("new");
    fs::write(&draft, text).with_context(|| format!("writing {}", draft.display()))?;
    Ok(fs::rename(&draft, file)?)
}
