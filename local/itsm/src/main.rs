//! The platform in one process, and what an administrator does from a shell.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use itsm::database::{Database, data_dir};
use itsm::secrets::Secrets;
use itsm::{admin, backup, check, hook, import, migrate, restore, secrets, seed, serve};
use shared::rules::calendar;

/// An ITSM platform in small functions. Every command honours DATABASE_URL; without it, a private Postgres in ITSM_DATA_DIR.
#[derive(Debug, Parser)]
#[command(name = "itsm")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve everything on 127.0.0.1:${PORT:-8080}.
    Serve {
        /// Fill an empty database with demonstration data first.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database to this version: schema, roles, feed epoch.
    Migrate,
    /// Add demonstration people and 40 incidents.
    Seed {
        /// Add so many lifelike incidents of three years instead, with a company around them.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=10_000_000))]
        incidents: Option<i64>,
    },
    /// Take history from another system.
    #[command(subcommand)]
    Import(Import),
    /// Administrators.
    #[command(subcommand)]
    Admin(Admin),
    /// Keys that access tokens are signed with.
    #[command(subcommand)]
    Key(Key),
    /// Service levels.
    #[command(subcommand)]
    Sla(Sla),
    /// Print the OpenAPI document.
    Openapi,
    /// Dump the database as it is now, with a checksum and what it holds. Prints the dump's path.
    Backup {
        /// Where to.
        dir: PathBuf,
        /// How many backups stay there, this one included.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..))]
        keep: u16,
        /// A file for Prometheus' node exporter: when the last one succeeded, how long it took, how large it is.
        #[arg(long)]
        metrics: Option<PathBuf>,
    },
    /// Put a backup into the empty database of DATABASE_URL, hold it against what the backup says, and bring it to this version.
    Restore {
        /// The dump; its checksum and its list lie beside it.
        dump: PathBuf,
    },
    /// Hold every ticket against its events: version, counters, fields, clocks. Prints what does not agree, a JSON object a line; a success where all does.
    Check,
}

#[derive(Debug, Subcommand)]
enum Sla {
    /// Run a file of cases (docs/SLA.md) against the clock. Prints each that fails; a success only where all pass.
    Vectors {
        /// JSON: {"vectors": [{id, kind, calendar, start, goal_s | end, pauses, expect | expect_s}]}.
        file: PathBuf,
    },
    /// Add the demonstration's definitions and nothing else: before an import, so that its incidents have clocks.
    Demo,
}

#[derive(Debug, Subcommand)]
enum Key {
    /// Put a new signing key in the place of the one in ITSM_DATA_DIR, from the next start on. Tokens of the old one stay good.
    Rotate,
    /// Print the JWK Set of the public halves of signing keys (JWT_SIGNING_KEY, one a line of standard input): what JWT_KEYS holds.
    Public,
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Replay a ServiceNow incident audit log (docs/IMPORT.md). Prints a summary as JSON; run again, it adds only what is new.
    Servicenow {
        /// The log: CSV, one row per version of an incident.
        file: PathBuf,
        /// Make the log's priority matrix this desk's first; a log that contradicts itself is refused.
        #[arg(long)]
        adopt_matrix: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Make an administrator, or give an existing person that role and a new password.
    Create {
        /// The address to log in with.
        #[arg(long)]
        email: String,
        /// Read the password from standard input; there is no other way to give it.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

fn main() -> ExitCode {
    let begun = Instant::now();
    // On AWS Lambda there is no command line.
    let command = if hook::is_asked() { None } else { Some(Cli::parse().command) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(begin(command, begun))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("itsm: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn begin(command: Option<Command>, begun: Instant) -> Result<()> {
    match command {
        Some(command) => run(command, begun).await,
        None => hook::serve().await,
    }
}

async fn run(command: Command, begun: Instant) -> Result<()> {
    match &command {
        Command::Openapi => {
            print!("{}", health::DOCUMENT);
            return Ok(());
        }
        Command::Key(Key::Rotate) => return Secrets::rotate(&data_dir()?),
        Command::Key(Key::Public) => return public(),
        Command::Sla(Sla::Vectors { file }) => return vectors(file),
        Command::Restore { dump } => return restored(dump).await,
        _ => {}
    }
    let database = match command {
        Command::Serve { .. } => Database::open().await?,
        _ => Database::open_beside().await?,
    };
    let outcome = on(&database, command, begun).await;
    database.close().await?;
    outcome
}

async fn on(database: &Database, command: Command, begun: Instant) -> Result<()> {
    match command {
        Command::Serve { demo } => {
            shared::telemetry::init();
            migrate::check(&database.url).await?;
            if demo && seed::is_empty(&database.owner_url).await? {
                seed::seed(&database.owner_url, 40).await?;
            }
            let secrets = Secrets::in_folder(&data_dir()?)?;
            serve::serve(database, &secrets, begun, |url| {
                if demo {
                    greet(url);
                }
            })
            .await
        }
        Command::Migrate => {
            migrate::migrate(&database.owner_url).await?;
            // only advice: it is migrated
            if let Ok(Some(warning)) = migrate::unfolded(&database.owner_url).await {
                eprintln!("itsm: {warning}");
            }
            Ok(())
        }
        Command::Seed { incidents: Some(incidents) } => seed::life::seed(&database.owner_url, incidents).await,
        Command::Seed { incidents: None } => seed::seed(&database.owner_url, 40).await,
        Command::Import(Import::Servicenow { file, adopt_matrix }) => replay(database, &file, adopt_matrix).await,
        Command::Admin(Admin::Create { email, .. }) => {
            let mut password = String::new();
            std::io::stdin().read_to_string(&mut password)?;
            let id = admin::create(&database.owner_url, &email, password.trim_end_matches(['\r', '\n'])).await?;
            println!("{id}");
            Ok(())
        }
        Command::Sla(Sla::Demo) => seed::promises(&database.owner_url).await,
        Command::Backup { dir, keep, metrics } => {
            println!("{}", backup::backup(&database.owner_url, &dir, keep.into(), metrics.as_deref()).await?.display());
            Ok(())
        }
        Command::Check => checked(database).await,
        Command::Openapi | Command::Key(_) | Command::Sla(Sla::Vectors { .. }) | Command::Restore { .. } => Ok(()),
    }
}

/// Each case that fails to standard output, and how many there were.
fn vectors(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let (run, failed) = calendar::vectors::run(&text).map_err(|error| anyhow::anyhow!("{} is not a file of cases: {error}", file.display()))?;
    failed.iter().for_each(|failed| println!("{failed}"));
    println!("{} of {run} passed", run - failed.len());
    anyhow::ensure!(failed.is_empty(), "{} of {run} failed", failed.len());
    Ok(())
}

/// Into DATABASE_URL alone: a private database is never empty.
async fn restored(dump: &Path) -> Result<()> {
    let url = |name| std::env::var(name).ok().filter(|url| !url.is_empty());
    let url = url("DATABASE_OWNER_URL").or_else(|| url("DATABASE_URL")).context("DATABASE_URL must name an empty database")?;
    println!("{}", serde_json::to_string_pretty(&restore::restore(&url, dump).await?)?);
    Ok(())
}

async fn checked(database: &Database) -> Result<()> {
    migrate::check(&database.owner_url).await?;
    let found = check::check(&database.owner_url).await?;
    for found in &found {
        println!("{}", serde_json::to_string(found)?);
    }
    anyhow::ensure!(found.is_empty(), "{} things do not agree with their history", found.len());
    Ok(())
}

fn public() -> Result<()> {
    let keys = std::io::read_to_string(std::io::stdin())?;
    let public = keys.lines().map(secrets::public_half).collect::<Result<Vec<_>>>()?;
    println!("{}", shared::token::key_set(public.iter().map(String::as_str)));
    Ok(())
}

/// The summary to standard output, what was refused to standard error; a success only where every row was taken.
async fn replay(database: &Database, file: &Path, adopt_matrix: bool) -> Result<()> {
    migrate::check(&database.owner_url).await?;
    let summary = import::servicenow(&database.owner_url, file, adopt_matrix, &import::bar()).await?;
    summary.refused.iter().for_each(|refused| eprintln!("{refused}"));
    println!("{}", serde_json::to_string_pretty(&summary)?);
    anyhow::ensure!(summary.refused.is_empty(), "rows refused: {}; every other row was taken", summary.refused.len());
    Ok(())
}

/// What a newcomer pastes next.
fn greet(url: &str) {
    let (admin, password) = (seed::ADMIN, seed::PASSWORD);
    println!(
        r#"
The desk is open at {url} (documentation: {url}/docs). Demo login: {admin} / {password}

TOKEN=$(curl -s {url}/v1/auth/login -H 'content-type: application/json' -d '{{"email":"{admin}","password":"{password}"}}' | sed -E 's/.*"access_token":"([^"]+)".*/\1/')
curl -s {url}/v1/incidents -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{{"short_description":"E-mail does not send","impact":2,"urgency":1}}'
curl -s "{url}/v1/incidents?state=new&limit=3" -H "authorization: Bearer $TOKEN"
"#
    );
}
