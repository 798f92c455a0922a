//! The cluster of `local/cluster.sh`, in a folder of its own.
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::process::Command;

/// It ends with this value.
pub(super) struct Site {
    programs: PathBuf,
    dir: TempDir,
}

impl Site {
    /// Starts all of it, and waits until it is healthy.
    pub(super) async fn up(programs: &Path) -> Result<Self> {
        // Postgres runs as another user than root, and must reach its own.
        let dir = tempfile::Builder::new().prefix("itsm-cluster-").permissions(Permissions::from_mode(0o711)).tempdir()?;
        let site = Self { programs: programs.to_owned(), dir };
        std::fs::create_dir_all(site.backups())?;
        site.script("up").await?;
        Ok(site)
    }

    /// `up`, which starts what has ended; `replace`.
    pub(super) async fn script(&self, verb: &str) -> Result<()> {
        let mut command = Command::new(tree().join("local/cluster.sh"));
        command.args([verb]).env("CLUSTER_DIR", self.dir.path()).env("CLUSTER_PORT", "0").env("BINARIES", &self.programs);
        said(&mut command).await.map(drop)
    }

    /// What the platform's own command says on this database.
    pub(super) async fn itsm(&self, arguments: &[&str], url: &str) -> Result<String> {
        said(Command::new(self.programs.join("itsm")).args(arguments).env("DATABASE_URL", url)).await
    }

    pub(super) fn programs(&self) -> &Path {
        &self.programs
    }

    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Where backups are written to.
    pub(super) fn backups(&self) -> PathBuf {
        self.file("backups")
    }

    pub(super) fn port(&self, name: &str) -> Result<u16> {
        Ok(self.read("ports", name)?.parse()?)
    }

    pub(super) fn secret(&self, name: &str) -> Result<String> {
        self.read("secrets", name)
    }

    /// The owner's.
    pub(super) fn database_url(&self) -> Result<String> {
        Ok(format!("postgres://itsm:{}@127.0.0.1:{}/itsm", self.secret("postgres_owner")?, self.port("postgres")?))
    }

    fn read(&self, folder: &str, name: &str) -> Result<String> {
        let path = self.file(folder).join(name);
        Ok(std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?.trim().to_owned())
    }

    pub(super) fn pid(&self, name: &str) -> Result<Pid> {
        let line = self.read("pids", name)?;
        let pid = line.split(' ').next().and_then(|pid| pid.parse().ok()).and_then(Pid::from_raw);
        pid.with_context(|| format!("{name} has no pid"))
    }

    /// It and all that it started, which would go on without it: nginx' workers do.
    pub(super) fn kill(&self, name: &str) -> Result<()> {
        kill_process_group(self.pid(name)?, Signal::KILL).with_context(|| format!("killing {name}"))
    }

    /// Of all functions and workers, in MB.
    pub(super) fn resident(&self) -> Result<f64> {
        let mut kilobytes = 0.0;
        for entry in std::fs::read_dir(self.file("pids"))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if self.programs.join(name.trim_end_matches("-2")).is_file() {
                let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid(&name)?.as_raw_nonzero()))?;
                let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
                kilobytes += line.trim().trim_end_matches("kB").trim().parse::<f64>()?;
            }
        }
        Ok(kilobytes / 1e3)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let mut down = std::process::Command::new(tree().join("local/cluster.sh"));
        let _nothing_can_be_done = down.arg("down").env("CLUSTER_DIR", self.dir.path()).env("BINARIES", &self.programs).status();
    }
}

fn tree() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// What a program says; an error has what it said on standard error.
async fn said(command: &mut Command) -> Result<String> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await.with_context(|| format!("starting {program}"))?;
    ensure!(output.status.success(), "{program}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
