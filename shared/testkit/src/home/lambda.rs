//! AWS Lambda without AWS: each function's binary under the runtime interface emulator, with this home as the API Gateway before it
//! and the EventBridge schedule behind it.
//!
//! A function's emulator starts at the first event for it. `local/setup/lambda.sh` fetches the emulator.
use serde_json::Value;
use shared::config::MailConfig;
use xtask::functions::{self, Function, Kind};

use super::{Wire, network};
use crate::client::Reply;
use crate::database::TestDatabase;
use crate::desk::Desk;

mod deployed;
pub(super) mod event;
mod gateway;

use deployed::Deployed;

/// All functions, deployed, and the one that migrates.
pub struct Lambda {
    functions: Vec<Deployed>,
    migrate: Deployed,
}

impl Lambda {
    /// With more variables for every function.
    pub(super) fn deploy(database: &TestDatabase, mail: &MailConfig, more: &[(&'static str, String)]) -> Self {
        let functions = functions::all(&xtask::root()).expect("the functions' folders").into_iter();
        let functions = functions.map(|function| Deployed::new(function, database, mail, more)).collect();
        Self { functions, migrate: Deployed::new(migrate(), database, mail, &[("DATABASE_URL", database.owner_url.clone())]) }
    }

    pub(super) async fn call(&self, wire: Wire) -> Reply {
        let path = wire.path.split('?').next().unwrap_or_default();
        let answer = self.serving(path).invoke(&gateway::event(&wire)).await;
        gateway::reply(&answer)
    }

    /// The function of a path, as the API's routes have it: the longest that matches, else the fallback.
    fn serving(&self, path: &str) -> &Deployed {
        let longest = |deployed: &&Deployed| deployed.function.routes().iter().filter(|route| path.starts_with(*route)).map(String::len).max();
        let at = self.functions.iter().filter(|deployed| deployed.function.is_at(path)).max_by_key(longest);
        at.or_else(|| self.functions.iter().find(|deployed| matches!(deployed.function.kind, Kind::Http { fallback: true, .. })))
            .unwrap_or_else(|| panic!("no function has {path}, and none is the fallback"))
    }

    /// The schedule of every job function comes due, until nothing is left to do.
    pub(super) async fn work(&self, database: &TestDatabase) {
        loop {
            for job in self.jobs() {
                let answer = job.invoke(&event::schedule(&job.function.name)).await;
                assert!(answer["ran"].is_u64(), "{} answered its schedule with {answer}", job.function.name);
            }
            if !network::work_is_left(database).await {
                return;
            }
        }
    }

    fn jobs(&self) -> impl Iterator<Item = &Deployed> {
        self.functions.iter().filter(|deployed| !deployed.function.is_http())
    }

    /// The job functions.
    pub(super) fn job_functions(&self) -> impl Iterator<Item = &Function> {
        self.jobs().map(|deployed| &deployed.function)
    }

    /// One event for the function of this name; its answer, or what the emulator says of its failure.
    pub async fn invoke(&self, function: &str, event: &Value) -> Value {
        let deployed = self.functions.iter().find(|deployed| deployed.function.name == function);
        deployed.unwrap_or_else(|| panic!("there is no function {function}")).invoke(event).await
    }

    /// One event for the function that migrates, as the database's owner.
    pub async fn migrate(&self, event: &Value) -> Value {
        self.migrate.invoke(event).await
    }

    pub(super) async fn stop(self) {
        for deployed in self.functions.into_iter().chain([self.migrate]) {
            deployed.stop().await;
        }
    }
}

/// `itsm`, as the template has it.
fn migrate() -> Function {
    let kind = Kind::Http { routes: Vec::new(), fallback: false, body: None, fixed: Vec::new() };
    let (variables, rings) = (Vec::new(), Vec::new());
    Function { name: "itsm".into(), description: String::new(), memory: 512, timeout: 900, variables, outbound: false, rings, kind }
}

impl Desk {
    /// The home, for tests of Lambda alone.
    pub fn lambda(&self) -> &Lambda {
        match &self.home {
            super::Home::Lambda(home) => home,
            other => panic!("a test of the home lambda in the home {}", other.name()),
        }
    }
}
