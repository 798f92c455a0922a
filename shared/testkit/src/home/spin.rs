//! The WebAssembly components of `spin.toml`, in the test host (`shared/testkit/spin-host`) or, with `ITSM_SPIN=spin`, in Spin itself.
use std::net::SocketAddr;

use tokio::process::Command;
use xtask::functions::{self, Kind};
use xtask::wasm::HOST_TARGET;

use super::Wire;
use super::network::{self, Http};
use super::process::Process;
use crate::client::Reply;
use crate::database::TestDatabase;

/// One host with all components.
pub struct Spin {
    http: Http,
    host: Process,
    address: SocketAddr,
    queues: Vec<String>,
}

impl Spin {
    pub(super) async fn start(database: &TestDatabase) -> Self {
        let (mut command, ready) = host();
        for (name, value) in network::variables(database) {
            command.env(format!("SPIN_VARIABLE_{name}"), value);
        }
        command.env("SPIN_VARIABLE_DATABASE_ADDRESS", format!("postgres://{}", database.address()));
        let (host, line) = Process::start(&mut command, ready).await;
        let address = line.rsplit("http://").next().and_then(|address| address.trim().parse().ok()).expect("an address in the line");
        let functions = functions::all(&xtask::root()).expect("the functions' folders").into_iter();
        let queues = functions.filter_map(|function| if let Kind::Job { queue, .. } = function.kind { Some(queue) } else { None });
        Self { http: Http::new(), host, address, queues: queues.collect() }
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
        self.host.stop().await;
    }
}

/// The command, and how it says that it is ready.
fn host() -> (Command, &'static str) {
    let root = xtask::root();
    let arguments = ["--from", "spin.toml", "--listen", "127.0.0.1:0"];
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
