//! The WebAssembly components of `spin.toml`, in the test host (`shared/testkit/spin-host`) or, with `ITSM_SPIN=spin`, in Spin itself.
use std::net::SocketAddr;

use tokio::process::Command;
use xtask::functions::{self, Kind};
use xtask::wasm::HOST_TARGET;

use super::network::{self, Http};
use super::process::Process;
use super::{Setting, Wire};
use crate::client::Reply;
use crate::database::TestDatabase;

/// One host with all components; and one that hears the bell, where there is one.
pub struct Spin {
    http: Http,
    host: Process,
    bell: Option<Process>,
    address: SocketAddr,
    queues: Vec<String>,
}

impl Spin {
    pub(super) async fn start(database: &TestDatabase, setting: &Setting) -> Self {
        let (host, line) = serving("spin.toml", database, setting).await;
        let address = line.rsplit("http://").next().and_then(|address| address.trim().parse().ok()).expect("an address in the line");
        let bell = if setting.hears { Some(serving("spin.bell.toml", database, setting).await.0) } else { None };
        let functions = functions::all(&xtask::root()).expect("the functions' folders").into_iter();
        let queues = functions.filter_map(|function| if let Kind::Job { queue, .. } = function.kind { Some(queue) } else { None });
        Self { http: Http::new(), host, bell, address, queues: queues.collect() }
    }

    pub(super) async fn call(&self, wire: Wire) -> Reply {
        self.http.call(self.address, wire).await
    }

    pub(super) async fn work(&self, database: &TestDatabase) {
        loop {
            for queue in &self.queues {
                self.http.wake(self.address, &format!("/internal/drain/{queue}")).await;
            }
            if !network::work_is_left(database).await {
                return;
            }
        }
    }

    pub(super) async fn stop(self) {
        if let Some(bell) = self.bell {
            bell.stop().await;
        }
        self.host.stop().await;
    }
}

/// An application of one of the tree's manifests, and the line in which it said that it is ready.
async fn serving(manifest: &str, database: &TestDatabase, setting: &Setting) -> (Process, String) {
    let (mut command, ready) = host(manifest);
    for (name, value) in network::variables(database, &setting.mail) {
        command.env(format!("SPIN_VARIABLE_{name}"), value);
    }
    command.env("SPIN_VARIABLE_RATE_LIMIT", setting.limit.to_string());
    command.env("SPIN_VARIABLE_DATABASE_ADDRESS", format!("postgres://{}", database.address()));
    if let Some((origin, _)) = setting.mail.api.url.rsplit_once('/') {
        command.env("SPIN_VARIABLE_MAIL_API_ADDRESS", origin);
    }
    if !setting.rings.is_empty() {
        command.env("SPIN_VARIABLE_QUEUE_URL", &setting.rings).env("SPIN_VARIABLE_QUEUE_ADDRESS", &setting.rings);
    }
    Process::start(&mut command, ready).await
}

/// The command, and how it says that it is ready.
fn host(manifest: &str) -> (Command, &'static str) {
    let root = xtask::root();
    let arguments = ["--from", manifest, "--listen", "127.0.0.1:0"];
    let (mut command, ready) = if std::env::var("ITSM_SPIN").as_deref() == Ok("spin") {
        let mut command = Command::new("spin");
        command.arg("up");
        (command, "Serving http://")
    } else {
        let host = root.join(HOST_TARGET).join("release/spin-host");
        assert!(host.is_file(), "{} is not there: run `cargo xtask wasm` first", host.display());
        (Command::new(host), "listening on http://")
    };
    command.args(arguments).current_dir(root);
    (command, ready)
}
