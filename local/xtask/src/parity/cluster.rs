//! The cluster of `local/cluster.sh` in a folder of its own, for the suite: its workers do not run, and its gateway lets everybody ask as fast as they can. Or one that
//! runs already, of which `SITE_URL` and the rest say where it is.
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tempfile::TempDir;
use xtask::{edge, told};

use crate::ground;

/// It ends with this value.
pub(super) struct Cluster {
    script: PathBuf,
    programs: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// None where one runs already.
    pub(super) async fn start(root: &Path) -> Result<Option<Self>> {
        if std::env::var_os("SITE_URL").is_some() {
            return Ok(None);
        }
        // Postgres runs as another user than root, and must reach its own.
        let folder = tempfile::Builder::new().prefix("itsm-cluster-").permissions(Permissions::from_mode(0o711)).tempdir()?;
        let cluster = Self { script: root.join("local/cluster.sh"), programs: root.join("target/debug"), folder };
        fs::create_dir(cluster.file("secrets"))?;
        let secrets = [
            ("jwt_signing_key", URL_SAFE_NO_PAD.encode(told::SIGNING_KEY)),
            ("secret_key", URL_SAFE_NO_PAD.encode(told::SECRET_KEY)),
            ("internal_token", told::INTERNAL_TOKEN.to_owned()),
        ];
        for (name, secret) in secrets {
            fs::write(cluster.file("secrets").join(name), secret)?;
        }
        cluster.script(&["up"]).await?;
        // Whoever was connected to the former database would find it gone.
        cluster.script(&["stop", "functions", "workers"]).await?;
        cluster.script(&["empty"]).await?;
        cluster.script(&["start", "functions"]).await?;
        for rate in ["rate=200r/s", "rate=50r/s"] {
            edge::replace(&cluster.file("nginx/edge.conf"), rate, "rate=100000r/s")?;
        }
        let nginx = cluster.read("pids/nginx")?;
        let nginx = nginx.split_whitespace().next().context("nginx has no pid")?;
        ground::succeed(ground::command("kill").args(["-s", "HUP", nginx])).await?;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await; // its former workers have gone by then: they have no connection
        Ok(Some(cluster))
    }

    /// Where it is, for the tests.
    pub(super) fn variables(&self) -> Result<Vec<(&'static str, String)>> {
        let [https, postgres] = ["ports/https", "ports/postgres"].map(|port| self.read(port));
        let postgres = format!("127.0.0.1:{}/itsm", postgres?);
        Ok(vec![
            ("SITE_URL", format!("https://127.0.0.1:{}", https?)),
            ("SITE_CA", self.file("nginx/tls/fullchain.pem").display().to_string()),
            ("SITE_DATABASE_URL", format!("postgres://itsm:{}@{postgres}", self.read("secrets/postgres_owner")?)),
            ("SITE_APP_DATABASE_URL", format!("postgres://itsm_app:{}@{postgres}", self.read("secrets/postgres_app")?)),
        ])
    }

    async fn script(&self, arguments: &[&str]) -> Result<()> {
        let mut command = ground::command(&self.script);
        command.args(arguments).env("CLUSTER_DIR", self.folder.path()).env("CLUSTER_PORT", "0").env("BINARIES", &self.programs);
        command.env("RATE_LIMIT", "0").env("WEBHOOK_ALLOW_PRIVATE", "true");
        command.env("MAIL_FROM", told::MAIL_FROM).env("MAIL_AUTHSERV_ID", told::MAIL_AUTHSERV_ID).env("MAIL_INBOUND_SECRETS", told::INBOUND_SECRET);
        ground::succeed(&mut command).await
    }

    fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn read(&self, path: &str) -> Result<String> {
        Ok(fs::read_to_string(self.file(path)).with_context(|| format!("reading {path}"))?.trim().to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut down = std::process::Command::new(&self.script);
        let _nothing_can_be_done = down.arg("down").env("CLUSTER_DIR", self.folder.path()).env("BINARIES", &self.programs).status();
    }
}
