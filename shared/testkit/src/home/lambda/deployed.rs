//! One function under the runtime interface emulator.
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use shared::config::MailConfig;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::{Mutex, OnceCell};
use tokio::time;
use xtask::functions::Function;

use crate::database::TestDatabase;
use crate::home::Wire;
use crate::home::http::binary;
use crate::home::network::{self, Http, Port};
use crate::home::process::Process;

const INVOKE: &str = "/2015-03-31/functions/function/invocations";

/// A function, its environment and, from its first event on, its emulator.
pub(super) struct Deployed {
    pub(super) function: Function,
    variables: Vec<(&'static str, String)>,
    emulator: OnceCell<Emulator>,
}

struct Emulator {
    http: Http,
    invoke: Port,
    _runtime: Port,
    process: Process,
    /// The emulator is one execution environment: it takes one event at a time, and refuses others.
    turn: Mutex<()>,
}

impl Deployed {
    pub(super) fn new(function: Function, database: &TestDatabase, mail: &MailConfig, more: &[(&'static str, String)]) -> Self {
        let mut variables = network::variables(database, mail);
        variables.retain(|(name, _)| *name != "JWT_SIGNING_KEY" || function.variables.iter().any(|own| own == name));
        variables.extend_from_slice(more);
        variables.push(("DATABASE_MAX_CONNECTIONS", "2".into()));
        variables.push(("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()));
        variables.push(("AWS_LAMBDA_FUNCTION_TIMEOUT", function.timeout.to_string()));
        variables.push(("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory.to_string()));
        Self { function, variables, emulator: OnceCell::new() }
    }

    pub(super) async fn invoke(&self, event: &Value) -> Value {
        let emulator = self.emulator.get_or_init(|| self.start()).await;
        let _turn = emulator.turn.lock().await;
        let wire = Wire { method: http::Method::POST, path: INVOKE.into(), headers: http::HeaderMap::new(), body: event.to_string().into() };
        let reply = emulator.http.call(emulator.invoke.address, wire).await;
        serde_json::from_str(&reply.body).unwrap_or_else(|_| Value::String(format!("{} {}", reply.status, reply.body)))
    }

    async fn start(&self) -> Emulator {
        let (invoke, runtime) = (Port::free(), Port::free());
        let program = xtask::root().join("target/tools/aws-lambda-rie");
        assert!(program.is_file(), "{} is not there: run local/setup/lambda.sh first", program.display());
        // It ends with this process however that ends; the function ends with it.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program).args(["--log-level", "info"]);
        command.args(["--runtime-interface-emulator-address", &invoke.address.to_string()]);
        command.args(["--runtime-api-address", &runtime.address.to_string()]);
        command.arg(binary(&self.function.name));
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).envs(self.variables.iter().map(|(name, value)| (name, value)));
        let (process, _) = Process::start(&mut command, "exec '").await;
        listening(invoke.address).await;
        listening(runtime.address).await; // else the function starts before the API that it asks for events
        Emulator { http: Http::new(), invoke, _runtime: runtime, process, turn: Mutex::new(()) }
    }

    pub(super) async fn stop(self) {
        if let Some(emulator) = self.emulator.into_inner() {
            emulator.process.stop().await;
        }
    }
}

/// Until somebody listens there, which nobody but the program can: the port is kept for it.
async fn listening(address: SocketAddr) {
    let connected = async {
        while TcpStream::connect(address).await.is_err() {
            time::sleep(Duration::from_millis(2)).await;
        }
    };
    time::timeout(Duration::from_secs(10), connected).await.unwrap_or_else(|_| panic!("nobody listens at {address} after 10 s"));
}
