//! The cluster of `local/cluster.sh`, in a folder of its own, and the way to its nginx.
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustix::process::{Pid, Signal, kill_process_group};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use shared::config::key;
use shared::token::Signer;
use testkit::tls::{RootCertStore, client_config};
use tokio::process::Command;
use xtask::cluster::Cluster;

/// HTTP/1.1 with kept-alive connections, over TLS or in the clear.
pub(crate) type Pool = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Trusts whoever has this certificate alone.
pub(crate) fn trusted(certificate: &Path) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate)?)?;
    Ok(roots)
}

/// Connections that are kept for the next request.
pub(crate) const IDLE: usize = usize::MAX;

/// Asks from 127.0.1.`number`, as nginx counts requests by address, and keeps so many connections.
pub(crate) fn pool(roots: RootCertStore, number: u8, idle: usize) -> Pool {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector.set_local_address(Some(IpAddr::V4(Ipv4Addr::new(127, 0, 1, number))));
    let connector = HttpsConnectorBuilder::new().with_tls_config(client_config(roots)).https_or_http().enable_http1().wrap_connector(connector);
    Client::builder(TokioExecutor::new()).pool_idle_timeout(Duration::from_secs(30)).pool_max_idle_per_host(idle).build(connector)
}

/// What is answered: its status, its body.
pub(crate) async fn send(pool: &Pool, request: Request<Full<Bytes>>) -> Result<(u16, Bytes)> {
    let (head, body) = pool.request(request).await?.into_parts();
    Ok((head.status.as_u16(), body.collect().await?.to_bytes()))
}

/// It ends with this value.
pub(crate) struct Site(Cluster);

impl Deref for Site {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.0
    }
}

impl Site {
    /// Starts all of it, and waits until it is healthy.
    pub(crate) async fn up(programs: &Path) -> Result<Self> {
        let site = Self(Cluster::new(programs)?);
        std::fs::create_dir_all(site.backups())?;
        site.script(&["up"], &[]).await?;
        Ok(site)
    }

    /// What the platform's own command says on this database.
    pub(crate) async fn itsm(&self, arguments: &[&str], url: &str) -> Result<String> {
        let mut itsm = Command::new(self.programs().join("itsm"));
        let output = itsm.args(arguments).env("DATABASE_URL", url).stdin(Stdio::null()).kill_on_drop(true).output().await.context("starting itsm")?;
        ensure!(output.status.success(), "itsm {}: {}: {}", arguments.join(" "), output.status, String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Where backups are written to.
    pub(crate) fn backups(&self) -> PathBuf {
        self.file("backups")
    }

    pub(crate) fn port(&self, name: &str) -> Result<u16> {
        Ok(self.read(&format!("ports/{name}"))?.parse()?)
    }

    /// Signs access tokens as its `auth` does.
    pub(crate) fn signer(&self) -> Result<Signer> {
        Ok(Signer::new(&key("JWT_SIGNING_KEY", &self.read("secrets/jwt_signing_key")?)?))
    }

    pub(crate) fn process(&self, name: &str) -> Result<Pid> {
        Pid::from_raw(self.pid(name)?).with_context(|| format!("{name} has no pid"))
    }

    /// It and all that it started, which would go on without it: nginx' workers do.
    pub(crate) fn kill(&self, name: &str) -> Result<()> {
        kill_process_group(self.process(name)?, Signal::KILL).with_context(|| format!("killing {name}"))
    }

    /// Seconds of processor that each part has taken since it began, with the processes that it started.
    pub(crate) fn processor(&self) -> Result<BTreeMap<String, f64>> {
        let ticks = rustix::param::clock_ticks_per_second() as f64;
        let mut parts = BTreeMap::new();
        for entry in std::fs::read_dir(self.file("pids"))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            parts.insert(self.pid(&name)?, (name, 0));
        }
        for entry in std::fs::read_dir("/proc")?.flatten() {
            // after the name in brackets: state, ppid; utime, stime and those of children that have ended are 14 to 17 (proc_pid_stat(5))
            let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let fields: Vec<i64> = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(1).map_while(|field| field.parse().ok()).collect();
            let own = entry.file_name().to_string_lossy().parse().unwrap_or_default();
            let parent = fields.first().and_then(|parent| i32::try_from(*parent).ok()).unwrap_or_default();
            let part = if parts.contains_key(&own) { own } else { parent };
            if let (Some((_, taken)), Some(ran)) = (parts.get_mut(&part), fields.get(10..14)) {
                *taken += ran.iter().sum::<i64>();
            }
        }
        Ok(parts.into_values().map(|(name, taken)| (name, taken as f64 / ticks)).collect())
    }

    /// Of all functions and workers, in MB.
    pub(crate) fn resident(&self) -> Result<f64> {
        let mut kilobytes = 0.0;
        for entry in std::fs::read_dir(self.file("pids"))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if self.programs().join(name.trim_end_matches("-2")).is_file() {
                let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid(&name)?))?;
                let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
                kilobytes += line.trim().trim_end_matches("kB").trim().parse::<f64>()?;
            }
        }
        Ok(kilobytes / 1e3)
    }
}
