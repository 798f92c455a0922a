//! The homes that the suite runs in. `ITSM_HOME` chooses: `in-process` (if not said), `http`, `cluster`, `lambda`, `sqs`, `spin`.
use ::http::{HeaderMap, Method};
use itsm::secrets::Secrets;
use shared::config::{MailApiConfig, MailConfig};

use crate::client::Reply;
use crate::database::TestDatabase;

pub use xtask::told::{INBOUND_SECRET, SIGNING_KEY};
use xtask::told::{INTERNAL_TOKEN, MAIL_AUTHSERV_ID, MAIL_FROM, SECRET_KEY};

pub(crate) mod cluster;
mod http;
mod in_process;
pub mod lambda;
mod network;
mod process;
mod spin;
pub mod sqs;

/// Mail in every home, if a test says nothing else: it comes in, and none goes out.
pub fn mail() -> MailConfig {
    MailConfig {
        smtp_url: String::new(),
        api: MailApiConfig::default(),
        from: MAIL_FROM.into(),
        inbound_secrets: vec![INBOUND_SECRET.into()],
        authserv_id: MAIL_AUTHSERV_ID.into(),
        creates_senders: true,
    }
}

/// What a test may want its home to have.
#[derive(Debug, Clone)]
pub struct Setting {
    /// How mail goes and comes.
    pub mail: MailConfig,
    /// The Redis that Spin rings; empty: none.
    pub rings: String,
    /// Whether the bell is heard there.
    pub hears: bool,
    /// Requests a minute that one person may make on Spin; 0: as many as there are.
    pub limit: u32,
}

impl Default for Setting {
    fn default() -> Self {
        Self { mail: mail(), rings: String::new(), hears: false, limit: 0 }
    }
}

/// Where every home sees requests come from. It is a trusted proxy, so that a test says with `X-Forwarded-For` which client it is.
const PROXY: &str = "127.0.0.1";

/// A request before it has met a home.
#[derive(Debug, Clone)]
pub struct Wire {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty is none.
    pub body: Vec<u8>,
}

/// Where the functions run.
pub enum Home {
    /// One router in this process.
    InProcess(in_process::InProcess),
    /// A process a function, behind nginx.
    Http(http::Behind),
    /// The cluster that runs already, behind its nginx.
    Cluster(cluster::Cluster),
    /// AWS Lambda's runtime interface emulator, woken by requests and schedules.
    Lambda(lambda::Lambda),
    /// The same, woken by SQS too.
    Sqs(sqs::Sqs),
    /// WebAssembly components in Spin's host.
    Spin(spin::Spin),
}

impl Home {
    /// Starts the home that `ITSM_HOME` names around a database.
    pub async fn start(database: &TestDatabase, setting: &Setting) -> Self {
        match std::env::var("ITSM_HOME").as_deref() {
            Err(_) | Ok("in-process") => Self::InProcess(in_process::InProcess::start(database, &setting.mail)),
            Ok("http") => Self::Http(http::Behind::start(database, &setting.mail).await),
            Ok("cluster") => Self::Cluster(cluster::Cluster::start(database, &setting.mail)),
            Ok("lambda") => Self::Lambda(lambda::Lambda::deploy(database, &setting.mail, &[])),
            Ok("sqs") => Self::Sqs(sqs::Sqs::start(database, &setting.mail).await),
            Ok("spin") => Self::Spin(spin::Spin::start(database, setting).await),
            Ok(other) => panic!("ITSM_HOME={other} is not a home"),
        }
    }

    /// As `ITSM_HOME` spells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InProcess(_) => "in-process",
            Self::Http(_) => "http",
            Self::Cluster(_) => "cluster",
            Self::Lambda(_) => "lambda",
            Self::Sqs(_) => "sqs",
            Self::Spin(_) => "spin",
        }
    }

    /// One request, one answer.
    pub async fn call(&self, wire: Wire) -> Reply {
        match self {
            Self::InProcess(home) => home.call(wire).await,
            Self::Http(home) => home.call(wire).await,
            Self::Cluster(home) => home.call(wire).await,
            Self::Lambda(home) => home.call(wire).await,
            Self::Sqs(home) => home.call(wire).await,
            Self::Spin(home) => home.call(wire).await,
        }
    }

    /// Works off every queue until nothing is due, by the events of this home.
    pub async fn work(&self, database: &TestDatabase) {
        match self {
            Self::InProcess(home) => home.work(database).await,
            Self::Http(home) => home.work(database).await,
            Self::Cluster(home) => home.work(database).await,
            Self::Lambda(home) => home.work(database).await,
            Self::Sqs(home) => home.work(database).await,
            Self::Spin(home) => home.work(database).await,
        }
    }

    /// Ends what was started.
    pub async fn stop(self) {
        match self {
            Self::InProcess(home) => home.stop().await,
            Self::Http(home) => home.stop().await,
            Self::Cluster(home) => home.stop().await,
            Self::Lambda(home) => home.stop().await,
            Self::Sqs(home) => home.stop().await,
            Self::Spin(home) => home.stop().await,
        }
    }
}

/// The secrets of a test's home.
pub fn secrets() -> Secrets {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    Secrets {
        secret_key: URL_SAFE_NO_PAD.encode(SECRET_KEY),
        jwt_signing_key: URL_SAFE_NO_PAD.encode(SIGNING_KEY),
        internal_token: INTERNAL_TOKEN.into(),
        former_keys: Vec::new(),
    }
}
