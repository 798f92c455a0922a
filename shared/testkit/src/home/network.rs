//! What the homes behind a socket share: ports, a client, the variables of a function.
use std::net::SocketAddr;

use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use shared::config::{MailApiKind, MailConfig};
use shared::token::Signer;
use sqlx::{Connection, PgConnection};
use tokio::net::TcpSocket;

use super::{PROXY, SIGNING_KEY, Wire, secrets};
use crate::client::Reply;
use crate::database::TestDatabase;
use crate::tls::{RootCertStore, client_config};

/// A loopback port that is kept for a program: bound here, but not listened on, so that nobody else gets it.
pub(super) struct Port {
    _held: TcpSocket,
    pub(super) address: SocketAddr,
}

impl Port {
    pub(super) fn free() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("an option that every socket has"); // the program's socket has it too
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        Self { address: socket.local_addr().expect("a bound socket has an address"), _held: socket }
    }
}

/// HTTP/1.1 with kept-alive connections, in the clear or over TLS; paths go out as they are.
pub(super) struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Http {
    /// For what is spoken in the clear.
    pub(super) fn new() -> Self {
        Self::trusting(RootCertStore::empty())
    }

    /// Over TLS, only with whom these vouch for.
    pub(super) fn trusting(roots: RootCertStore) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.enforce_http(false);
        let connector = HttpsConnectorBuilder::new().with_tls_config(client_config(roots)).https_or_http().enable_http1().wrap_connector(connector);
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    pub(super) async fn call(&self, address: SocketAddr, wire: Wire) -> Reply {
        self.send(&format!("http://{address}"), wire).await
    }

    /// `origin`: scheme, host and port.
    pub(super) async fn send(&self, origin: &str, wire: Wire) -> Reply {
        let mut request = Request::builder().method(wire.method).uri(format!("{origin}{}", wire.path));
        *request.headers_mut().expect("a valid request") = wire.headers;
        let request = request.body(Full::from(wire.body)).expect("a valid request");
        let (parts, body) = self.0.request(request).await.expect("an answer").into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.into()).expect("UTF-8") }
    }

    /// Wakes a job function at this path, as a scheduler would.
    pub(super) async fn wake(&self, address: SocketAddr, path: &str) {
        let mut headers = http::HeaderMap::new();
        headers.insert("authorization", format!("Bearer {}", secrets().internal_token).parse().expect("a header"));
        let wire = Wire { method: http::Method::POST, path: path.to_owned(), headers, body: Vec::new() };
        let reply = self.call(address, wire).await;
        assert_eq!(reply.status, 200, "waking {path}: {}", reply.body);
    }
}

/// All variables that a function may need, by name.
pub(super) fn variables(database: &TestDatabase, mail: &MailConfig) -> Vec<(&'static str, String)> {
    let secrets = secrets();
    vec![
        ("DATABASE_URL", database.url.clone()),
        ("SECRET_KEY", secrets.secret_key),
        ("JWT_KEYS", Signer::new(&SIGNING_KEY).public_keys()),
        ("JWT_SIGNING_KEY", secrets.jwt_signing_key),
        ("INTERNAL_TOKEN", secrets.internal_token),
        ("TRUSTED_PROXIES", PROXY.into()),
        ("WEBHOOK_ALLOW_PRIVATE", "true".into()), // a receiver in a test is at home
        ("RATE_LIMIT", "0".into()),               // a person in a test asks as fast as it answers
        ("MAIL_API_URL", mail.api.url.clone()),
        ("MAIL_API_KIND", if mail.api.kind == MailApiKind::Postmark { "postmark" } else { "generic" }.into()),
        ("MAIL_API_TOKEN", mail.api.token.clone()),
        ("MAIL_FROM", mail.from.clone()),
        ("MAIL_INBOUND_SECRETS", mail.inbound_secrets.join(",")),
        ("MAIL_AUTHSERV_ID", mail.authserv_id.clone()),
    ]
}

/// Whether a job is left that could run now: one may have added another to a queue that was drained before.
pub(super) async fn work_is_left(database: &TestDatabase) -> bool {
    const LEFT: &str = "select exists (select from jobs where state = 'queued' and run_at <= now())";
    let mut connection = PgConnection::connect(&database.owner_url).await.expect("the test database answers");
    let left = sqlx::query_scalar(LEFT).fetch_one(&mut connection).await.expect("looking for jobs");
    connection.close().await.expect("closing");
    left
}
