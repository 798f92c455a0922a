//! What a run of tests stands on: one private Postgres, and an end that cleans up, also after Ctrl-C.
use std::fs::Permissions;
use std::future::Future;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, bail};
use embedded::{Embedded, Options};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

/// The server. It stops, and its folder goes, with this value.
pub(crate) struct Ground {
    server: Embedded,
    _folder: TempDir,
}

impl Ground {
    /// Starts it; nothing waits for the disk.
    pub(crate) async fn start() -> Result<Self> {
        // Root hands the server to an unprivileged user, who must reach the folder.
        let folder = tempfile::Builder::new().prefix("itsm-test-").permissions(Permissions::from_mode(0o755)).tempdir()?;
        let options = Options::for_tests().set("max_connections", "300");
        let server = Embedded::start_with(&folder.path().join("db"), options).await?;
        Ok(Self { server, _folder: folder })
    }

    /// For `TEST_DATABASE_URL`: the superuser's.
    pub(crate) fn url(&self) -> Result<String> {
        self.server.tcp_url(embedded::OWNER).context("the server has no TCP")
    }
}

/// Runs to the end, or to SIGINT or SIGTERM: then everything that was started goes with the future.
pub(crate) fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::select! {
            done = work => done,
            _ = term.recv() => bail!("stopped"),
            _ = int.recv() => bail!("stopped"),
        }
    })
}

/// A program that ends with this run.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    ending(std::process::Command::new(program))
}

/// Cargo, the same way.
pub(crate) fn cargo() -> Command {
    ending(xtask::cargo())
}

fn ending(command: std::process::Command) -> Command {
    let mut command = Command::from(command);
    command.kill_on_drop(true);
    command
}

/// Fails unless it succeeds.
pub(crate) async fn succeed(command: &mut Command) -> Result<()> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let status = command.status().await.with_context(|| format!("starting {program}"))?;
    if status.success() { Ok(()) } else { bail!("{program}: {status}") }
}
