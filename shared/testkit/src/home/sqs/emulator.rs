//! The SQS emulator: `TEST_SQS_ENDPOINT`, else one that this process starts.
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::{net::TcpStream, time};

use crate::home::network::Port;

static OWN: OnceCell<(String, Port)> = OnceCell::const_new();

/// `http://HOST:PORT`
pub(super) async fn endpoint() -> String {
    match std::env::var("TEST_SQS_ENDPOINT") {
        Ok(endpoint) => endpoint,
        Err(_) => OWN.get_or_init(start).await.0.clone(),
    }
}

async fn start() -> (String, Port) {
    let port = Port::free();
    let address = port.address;
    // Linux ends it with the thread that started it, so that thread stays as long as the process.
    std::thread::spawn(move || {
        let _ended_with_us = run(address).wait();
    });
    let answers = async {
        while TcpStream::connect(address).await.is_err() {
            time::sleep(Duration::from_millis(20)).await;
        }
    };
    time::timeout(Duration::from_secs(30), answers).await.unwrap_or_else(|_| panic!("no SQS emulator at {address} after 30 s"));
    (format!("http://{address}"), port)
}

fn run(address: SocketAddr) -> Child {
    let python = xtask::root().join("target/tools/sqs/bin/python");
    assert!(python.is_file(), "{} is not there: run local/setup/lambda.sh first", python.display());
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--"]).arg(python).args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &address.port().to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("starting the SQS emulator")
}
