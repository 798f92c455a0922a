//! One router in the test's own process: no socket, no serialisation.
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http_body_util::BodyExt;
use itsm::functions::FUNCTIONS;
use shared::app::App;
use shared::client::Peer;
use shared::config::{Config, MailConfig};
use shared::function::Work;
use shared::{job, serve};
use tower::ServiceExt;

use super::{PROXY, Wire, network, secrets};
use crate::client::Reply;
use crate::database::TestDatabase;

/// The router and the app behind it.
pub struct InProcess {
    app: App,
    router: Router,
}

impl InProcess {
    pub(super) fn start(database: &TestDatabase, mail: &MailConfig) -> Self {
        let config = itsm::serve::config_for(&database.url, &secrets(), "").expect("a configuration");
        let config = Config { trusted_proxies: PROXY.into(), mail: mail.clone(), webhook_allow_private: true, ..config };
        let app = App::new(&config).expect("an app");
        Self { router: serve::router(itsm::serve::routes(), app.clone()), app }
    }

    pub(super) async fn call(&self, wire: Wire) -> Reply {
        let mut request = http::Request::builder().method(wire.method).uri(&wire.path);
        *request.headers_mut().expect("a valid request") = wire.headers;
        let mut request = request.body(Body::from(wire.body)).expect("a valid request");
        request.extensions_mut().insert(Peer(PROXY.parse().expect("an address")));
        let (parts, body) = self.router.clone().oneshot(request).await.expect("a router never fails").into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.into()).expect("UTF-8") }
    }

    /// Until nothing is left: a job may have added another to a queue that was drained before.
    pub(super) async fn work(&self, database: &TestDatabase) {
        loop {
            for function in FUNCTIONS {
                if let Work::Job(work) = function.work {
                    job::drain(&self.app, &work, Duration::from_secs(60)).await.expect("draining");
                }
            }
            if !network::work_is_left(database).await {
                return;
            }
        }
    }

    pub(super) async fn stop(self) {
        self.app.db.close().await;
    }
}
