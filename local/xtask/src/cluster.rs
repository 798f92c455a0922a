//! The cluster of `local/cluster.sh` in a folder of its own, on free ports: for the suite's home `cluster`, and for the long runs.
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;

use crate::root;

/// All of it ends with this value.
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// The folder alone; nothing runs before `up`. `programs`: where the built ones lie.
    pub fn new(programs: &Path) -> Result<Self> {
        // Postgres runs as another user than root, and must reach its own.
        let folder = tempfile::Builder::new().prefix("itsm-cluster-").permissions(Permissions::from_mode(0o711)).tempdir()?;
        Ok(Self { programs: programs.to_owned(), folder })
    }

    /// `cluster.sh` with these arguments; what it starts is told these variables. An error has what it said on standard error.
    pub async fn script(&self, arguments: &[&str], variables: &[(&str, String)]) -> Result<()> {
        let mut command = Command::from(self.command(arguments));
        command.envs(variables.iter().map(|(name, value)| (name, value))).env("CLUSTER_PORT", "0");
        let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await.context("starting cluster.sh")?;
        ensure!(output.status.success(), "cluster.sh {}: {}: {}", arguments.join(" "), output.status, String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(root().join("local/cluster.sh"));
        command.args(arguments).env("CLUSTER_DIR", self.folder.path()).env("BINARIES", &self.programs);
        command
    }

    /// Where the programs lie.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// Of its folder.
    pub fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// What a file of its folder says: `ports/https`, `secrets/redis`, `pids/nginx`.
    pub fn read(&self, path: &str) -> Result<String> {
        Ok(fs::read_to_string(self.file(path)).with_context(|| format!("reading {path}"))?.trim().to_owned())
    }

    /// Of a part by its name.
    pub fn pid(&self, name: &str) -> Result<i32> {
        let line = self.read(&format!("pids/{name}"))?;
        line.split(' ').next().and_then(|pid| pid.parse().ok()).with_context(|| format!("{name} has no pid"))
    }

    /// Scheme, host and port of nginx.
    pub fn origin(&self) -> Result<String> {
        Ok(format!("https://127.0.0.1:{}", self.read("ports/https")?))
    }

    /// Whom to trust there.
    pub fn certificate(&self) -> PathBuf {
        self.file("nginx/tls/fullchain.pem")
    }

    /// The owner's.
    pub fn database_url(&self) -> Result<String> {
        self.database_url_of("itsm", "postgres_owner")
    }

    /// The functions'.
    pub fn app_database_url(&self) -> Result<String> {
        self.database_url_of("itsm_app", "postgres_app")
    }

    fn database_url_of(&self, role: &str, secret: &str) -> Result<String> {
        Ok(format!("postgres://{role}:{}@127.0.0.1:{}/itsm", self.read(&format!("secrets/{secret}"))?, self.read("ports/postgres")?))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _nothing_can_be_done = self.command(&["down"]).status();
    }
}
