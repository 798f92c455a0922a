//! Each function a process of its own, all behind nginx with the tree's configuration and TLS: as in compose, without the containers.
//!
//! A function's process starts at the first request for one of its paths; until then nothing listens on the port kept for it.
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use shared::config::MailConfig;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
use xtask::edge::{self, Ports};
use xtask::functions::{self, Function};
use xtask::sync::nginx::upstreams;

use super::Wire;
use super::network::{self, Http, Port};
use super::process::Process;
use crate::client::Reply;
use crate::database::TestDatabase;
use crate::desk::Desk;
use crate::tls::{RootCertStore, client_config};

/// nginx and the functions behind it.
pub struct Behind {
    http: Http,
    instances: Vec<Instance>,
    nginx: Process,
    /// Where it listens, and whom a client there trusts.
    address: SocketAddr,
    roots: RootCertStore,
    /// What it listens on besides.
    _plain: [Port; 2],
    /// nginx's prefix; it goes with the value.
    _folder: tempfile::TempDir,
}

struct Instance {
    function: Function,
    port: Port,
    variables: Vec<(&'static str, String)>,
    process: OnceCell<Process>,
}

impl Behind {
    pub(super) async fn start(database: &TestDatabase, mail: &MailConfig) -> Self {
        let functions = functions::all(&xtask::root()).expect("the functions' folders");
        let instances: Vec<Instance> = functions.into_iter().map(|function| Instance::new(function, database, mail)).collect();
        let (folder, port, plain) = (tempfile::tempdir().expect("a folder"), Port::free(), [Port::free(), Port::free()]);
        let roots = configure(folder.path(), &port, &plain, &instances).expect("the edge's folder");
        let mut command = Command::new(nginx());
        let main = "daemon off; master_process off; error_log stderr notice;";
        command.arg("-p").arg(folder.path()).arg("-c").arg(folder.path().join("nginx.conf")).args(["-g", main]);
        let (nginx, _) = Process::start(&mut command, "using the").await; // its event method: it listens by then
        Self { http: Http::trusting(roots.clone()), instances, nginx, address: port.address, roots, _plain: plain, _folder: folder }
    }

    pub(super) async fn call(&self, wire: Wire) -> Reply {
        let path = wire.path.split('?').next().unwrap_or_default();
        let instances = self.instances.iter().filter(|instance| instance.function.is_at(path));
        for instance in instances {
            instance.running().await;
        }
        functions_own(self.http.send(&format!("https://{}", self.address), wire).await)
    }

    pub(super) async fn work(&self, database: &TestDatabase) {
        loop {
            for job in self.instances.iter().filter(|instance| !instance.function.is_http()) {
                job.running().await;
                self.http.wake(job.port.address, "/").await;
            }
            if !network::work_is_left(database).await {
                return;
            }
        }
    }

    pub(super) async fn stop(self) {
        self.nginx.stop().await;
        for process in self.instances.into_iter().filter_map(|instance| instance.process.into_inner()) {
            process.stop().await;
        }
    }
}

/// Without what nginx says of whatever it would compress.
pub(super) fn functions_own(mut reply: Reply) -> Reply {
    let vary: Vec<_> = reply.headers.get_all("vary").iter().filter(|value| *value != "Accept-Encoding").cloned().collect();
    reply.headers.remove("vary");
    reply.headers.extend(vary.into_iter().map(|value| (http::header::VARY, value)));
    reply
}

impl Desk {
    /// A connection to nginx, for tests of this home alone.
    pub async fn gateway(&self) -> TlsStream<TcpStream> {
        let super::Home::Http(home) = &self.home else { panic!("a test of the home http in the home {}", self.home.name()) };
        let connector = TlsConnector::from(Arc::new(client_config(home.roots.clone())));
        let stream = TcpStream::connect(home.address).await.expect("nginx listens");
        connector.connect(home.address.ip().into(), stream).await.expect("a handshake")
    }
}

impl Instance {
    fn new(function: Function, database: &TestDatabase, mail: &MailConfig) -> Self {
        let mut variables = network::variables(database, mail);
        variables.retain(|(name, _)| *name != "JWT_SIGNING_KEY" || function.variables.iter().any(|own| own == name));
        variables.push(("DATABASE_MAX_CONNECTIONS", "3".into()));
        Self { function, port: Port::free(), variables, process: OnceCell::new() }
    }

    async fn running(&self) {
        self.process.get_or_init(|| self.start()).await;
    }

    async fn start(&self) -> Process {
        let mut command = Command::new(binary(&self.function.name));
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env("HOST", self.port.address.ip().to_string()).env("PORT", self.port.address.port().to_string());
        Process::start(&mut command, "\"serving\"").await.0
    }
}

/// Where Debian has it is not on everybody's PATH.
fn nginx() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders.map(|folder| folder.join("nginx")).find(|file| file.is_file());
    found.expect("this home needs nginx: install it (`apt-get install nginx-light`)")
}

/// Beside the test's own executable, which is in `deps`.
pub(super) fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has an executable");
    let path = test.ancestors().nth(2).expect("it lies two folders deep").join(name);
    assert!(path.is_file(), "{} is not there: run `cargo build --bins` first", path.display());
    path
}

/// The edge as the cluster has it, but for the addresses and the rates: a test asks faster than one address or one token may. Whom a client trusts then.
fn configure(folder: &Path, tls: &Port, [plain, status]: &[Port; 2], instances: &[Instance]) -> Result<RootCertStore> {
    let functions: Vec<Function> = instances.iter().map(|instance| instance.function.clone()).collect();
    let address = |function: &Function| {
        let instance = instances.iter().find(|instance| instance.function.name == function.name).expect("each function has an instance");
        instance.port.address.to_string()
    };
    let ports = Ports { tls: tls.address, plain: plain.address, status: status.address };
    edge::lay_out(folder, &ports, &upstreams(&functions, address))?;
    for rate in ["rate=200r/s", "rate=50r/s"] {
        edge::replace(&folder.join("edge.conf"), rate, "rate=100000r/s")?;
    }
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("tls/fullchain.pem"))?)?;
    Ok(roots)
}
