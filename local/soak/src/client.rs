//! Requests to functions, as somebody who is logged in.
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use shared::caller::Role;
use shared::token::Subject;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::Ground;

/// Speaks HTTP with one process.
#[derive(Clone)]
pub(crate) struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    address: String,
    token: String,
}

/// A port that nobody uses now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A new active person of this role.
pub(crate) async fn person(connection: &mut PgConnection, role: &str) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let sql = "insert into users (id, email, name, role) values ($1::uuid, $2 || '-' || $1 || '@example.com', 'A ' || $2, $2)";
    sqlx::query(sql).bind(id.to_string()).bind(role).execute(connection).await?;
    Ok(id)
}

/// A session of theirs, of a day.
pub(crate) async fn session(connection: &mut PgConnection, user: Uuid) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let sql = "insert into sessions (id, user_id, refresh_hash, expires_at) values ($1::uuid, $2::uuid, $1, now() + interval '1 day')";
    sqlx::query(sql).bind(id.to_string()).bind(user.to_string()).execute(connection).await?;
    Ok(id)
}

/// Somebody new in a session of a day, as a token says it.
pub(crate) async fn subject(connection: &mut PgConnection, role: Role, name: &str) -> Result<Subject> {
    let user = person(connection, name).await?;
    Ok(Subject { user, session: session(connection, user).await?, role })
}

impl Client {
    /// For the process that listens on this port, as this person, in a session of their own. Waits until it is ready.
    pub(crate) async fn new(ground: &Ground, connection: &mut PgConnection, port: u16, (user, role): (Uuid, Role)) -> Result<Self> {
        let session = session(connection, user).await?;
        let token = ground.signer.sign(&Subject { user, session, role }, shared::app::now().as_second())?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let pool = Pool::builder(TokioExecutor::new()).build(connector);
        let client = Self { pool, address: format!("127.0.0.1:{port}"), token };
        let begun = Instant::now();
        while !matches!(client.call(Method::GET, "/health/ready", None).await, Ok((StatusCode::OK, _))) {
            ensure!(begun.elapsed() < Duration::from_secs(20), "the process on port {port} is not ready after 20 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(client)
    }

    /// What it answers; an error where it does not.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(StatusCode, Bytes)> {
        let request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        let request = request.header("authorization", format!("Bearer {}", self.token)).header("content-type", "application/json");
        let body = body.map(Value::to_string).unwrap_or_default();
        let (head, body) = self.pool.request(request.body(Full::from(body))?).await?.into_parts();
        Ok((head.status, body.collect().await?.to_bytes()))
    }

    /// A write that must go well. Whoever is told that there is too much to do (503) comes again, as any client would.
    pub(crate) async fn write(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        loop {
            let (status, answer) = self.call(method.clone(), path, body).await?;
            match status {
                StatusCode::NO_CONTENT => return Ok(Value::Null),
                status if status.is_success() => return serde_json::from_slice(&answer).context("an answer in JSON"),
                StatusCode::SERVICE_UNAVAILABLE => tokio::time::sleep(Duration::from_millis(100)).await,
                status => bail!("{method} {path}: {status} {}", String::from_utf8_lossy(&answer)),
            }
        }
    }
}
