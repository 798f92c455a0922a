//! A cluster that runs already, of `local/cluster.sh` or of compose, with the secrets of `xtask::told`: one gateway and one database for all tests, which
//! therefore run one after another. Its workers do not run: the jobs of a test are worked off when the test says so, in its own process.
//!
//! `SITE_URL` is nginx (scheme, host and port), `SITE_CA` whom to trust there, `SITE_DATABASE_URL` the database as its owner and `SITE_APP_DATABASE_URL` as
//! the functions see it. `SITE_SEEN_AS` is where nginx sees us come from, if that is not 127.0.0.1: of containers it is their network's own address.
use shared::config::MailConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use super::Wire;
use super::http::functions_own;
use super::in_process::InProcess;
use super::network::Http;
use crate::client::Reply;
use crate::database::TestDatabase;
use crate::tls::RootCertStore;

/// The way there.
pub struct Cluster {
    http: Http,
    origin: String,
    seen_as: Option<String>,
    worker: InProcess,
}

impl Cluster {
    pub(super) fn start(database: &TestDatabase, mail: &MailConfig) -> Self {
        let mut roots = RootCertStore::empty();
        let trusted = CertificateDer::from_pem_file(said("SITE_CA")).expect("a certificate");
        roots.add(trusted).expect("a certificate that can be trusted");
        Self {
            http: Http::trusting(roots),
            origin: said("SITE_URL"),
            seen_as: std::env::var("SITE_SEEN_AS").ok(),
            worker: InProcess::start(database, mail),
        }
    }

    pub(super) async fn call(&self, wire: Wire) -> Reply {
        let mut reply = functions_own(self.http.send(&self.origin, wire).await);
        if let Some(address) = &self.seen_as {
            reply.body = reply.body.replace(&format!("\"{address}\""), "\"127.0.0.1\"");
        }
        reply
    }

    pub(super) async fn work(&self, database: &TestDatabase) {
        self.worker.work(database).await;
    }

    pub(super) async fn stop(self) {
        self.worker.stop().await;
    }
}

/// Of the site.
pub(crate) fn said(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `cargo xtask parity --home cluster` sets it"))
}
