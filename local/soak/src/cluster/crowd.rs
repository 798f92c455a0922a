//! People who ask the desk through nginx with TLS, each from an address of their own, as nginx counts requests by address: 127.0.1.1 and on.
use std::error::Error as _;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use serde::Serialize;
use serde_json::{Value, json};
use shared::caller::Role;
use shared::config::key;
use shared::token::{Signer, Subject};
use sqlx::{Connection, PgConnection};
use testkit::tls::{RootCertStore, client_config};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::act::{Act, Asked, Outcome};
use super::kept::{Kept, Made};
use super::site::Site;
use crate::client::{person, session};

/// Everybody who asks, and what they ask about.
pub(super) struct Crowd {
    people: Vec<Person>,
    /// The one who asks too much.
    flooder: Person,
    signer: Signer,
    /// Scheme, host and port.
    origin: String,
    /// Incidents that anybody of the desk may see and change.
    tickets: Vec<String>,
    made: Mutex<Made>,
    asked_again: AtomicUsize,
}

type Pool = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

struct Person {
    pool: Pool,
    subject: Subject,
}

impl Person {
    async fn new(connection: &mut PgConnection, role: Role, name: &str, pool: Pool) -> Result<Self> {
        let user = person(connection, name).await?;
        let session = session(connection, user).await?;
        Ok(Self { pool, subject: Subject { user, session, role } })
    }
}

/// What became of the requests of one who asks too much.
#[derive(Debug, Default, Serialize)]
pub struct Flood {
    /// With what was asked for.
    pub answered: usize,
    /// 429.
    pub refused: usize,
    /// Otherwise, or not at all.
    pub failed: usize,
}

/// Connections that a flood comes over, and how long each waits after an answer: more would be a test of who asks, on the same machine.
const FLOOD: usize = 16;
const PAUSE: Duration = Duration::from_millis(20);
/// As long as anybody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Requests under way at most: who comes then is turned away, which is a failure of the desk's too.
const UNDER_WAY: usize = 1_000;
const TICKETS: &str =
    "select id::text from tickets where restricted_to is null and state in ('new', 'in_progress', 'on_hold') order by random() limit 5000";

impl Crowd {
    /// Of four people one is a requester, the others are agents.
    pub(super) async fn gather(site: &Site, people: u8) -> Result<Arc<Self>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(site.file("nginx/tls/fullchain.pem"))?)?;
        let mut connection = PgConnection::connect(&site.database_url()?).await?;
        let mut crowd = Vec::new();
        for number in 1..=people {
            let (role, name) = if number.is_multiple_of(4) { (Role::Requester, "requester") } else { (Role::Agent, "agent") };
            crowd.push(Person::new(&mut connection, role, name, pool(roots.clone(), number)).await?);
        }
        let flooder = Person::new(&mut connection, Role::Agent, "agent", pool(roots, u8::MAX)).await?;
        let tickets = sqlx::query_scalar(TICKETS).fetch_all(&mut connection).await?;
        connection.close().await?;
        let signer = Signer::new(&key("JWT_SIGNING_KEY", &site.secret("jwt_signing_key")?)?);
        let origin = format!("https://127.0.0.1:{}", site.port("https")?);
        Ok(Arc::new(Self { people: crowd, flooder, signer, origin, tickets, made: Mutex::default(), asked_again: AtomicUsize::new(0) }))
    }

    /// Asks, so many times a second, until `during` is over.
    pub(super) async fn ask_during<T>(self: &Arc<Self>, rate: u32, during: impl Future<Output = Result<T>>) -> Result<(T, Act)> {
        let now = shared::app::now().as_second();
        let tokens =
            self.people.iter().map(|person| Ok(format!("Bearer {}", self.signer.sign(&person.subject, now)?))).collect::<Result<Vec<_>>>()?;
        let (begun, over) = (Instant::now(), Arc::new(AtomicBool::new(false)));
        self.asked_again.store(0, Ordering::Relaxed);
        let asking = tokio::spawn(Arc::clone(self).ask(rate, tokens, Arc::clone(&over)));
        let done = during.await;
        over.store(true, Ordering::Relaxed);
        let seconds = begun.elapsed().as_secs_f64();
        let asked = asking.await?;
        Ok((done?, Act::of(asked, seconds, self.asked_again.load(Ordering::Relaxed))))
    }

    /// One person asks on so many connections at once, each again soon after it is answered.
    pub(super) async fn flood(self: &Arc<Self>, time: Duration) -> Result<Flood> {
        let token = format!("Bearer {}", self.signer.sign(&self.flooder.subject, shared::app::now().as_second())?);
        let until = Instant::now() + time;
        let mut connections = JoinSet::new();
        for _ in 0..FLOOD {
            let (crowd, token) = (Arc::clone(self), token.clone());
            connections.spawn(async move {
                let mut flood = Flood::default();
                while Instant::now() < until {
                    match crowd.answer(&crowd.flooder, &token, &Method::GET, "/v1/incidents?limit=20", None).await {
                        Ok((200, _)) => flood.answered += 1,
                        Ok((429, _)) => flood.refused += 1,
                        _ => flood.failed += 1,
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                flood
            });
        }
        let ended = connections.join_all().await;
        let sum = |of: fn(&Flood) -> usize| ended.iter().map(of).sum();
        Ok(Flood { answered: sum(|flood| flood.answered), refused: sum(|flood| flood.refused), failed: sum(|flood| flood.failed) })
    }

    async fn ask(self: Arc<Self>, rate: u32, tokens: Vec<String>, over: Arc<AtomicBool>) -> Vec<Asked> {
        let (tell, mut told) = mpsc::unbounded_channel();
        let (begun, under_way, tokens) = (Instant::now(), Arc::new(AtomicUsize::new(0)), Arc::new(tokens));
        for number in 0_u32.. {
            let due = Duration::from_secs_f64(f64::from(number) / f64::from(rate));
            tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
            if over.load(Ordering::Relaxed) {
                break;
            }
            if under_way.load(Ordering::Relaxed) >= UNDER_WAY {
                let _nobody_listens = tell.send(Asked { due, took: Duration::ZERO, outcome: Outcome::TurnedAway });
                continue;
            }
            let (crowd, under_way, tokens, tell) = (Arc::clone(&self), Arc::clone(&under_way), Arc::clone(&tokens), tell.clone());
            under_way.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let who = number as usize % crowd.people.len();
                let outcome = crowd.ask_once(who, &tokens[who]).await;
                under_way.fetch_sub(1, Ordering::Relaxed);
                let _nobody_listens = tell.send(Asked { due, took: begun.elapsed().saturating_sub(due), outcome });
            });
        }
        drop(tell);
        let mut asked = Vec::new();
        while let Some(one) = told.recv().await {
            asked.push(one);
        }
        asked
    }

    /// Of ten requests eight read and two write.
    async fn ask_once(&self, who: usize, token: &str) -> Outcome {
        let ticket = &self.tickets[fastrand::usize(..self.tickets.len())];
        let agent = self.people[who].subject.role == Role::Agent;
        let (method, path, body) = match fastrand::u8(..100) {
            0..10 => (Method::GET, "/v1/incidents?limit=20".into(), None),
            10..15 => (Method::GET, "/v1/notifications".into(), None),
            15..20 => (Method::GET, "/v1/auth/me".into(), None),
            20..80 if !agent => (Method::GET, "/v1/incidents?open=true".into(), None),
            20..25 => (Method::GET, "/v1/incidents?assigned_to=me&open=true".into(), None),
            25..30 => (Method::GET, format!("/v1/incidents/{ticket}/history"), None),
            30..80 => (Method::GET, format!("/v1/incidents/{ticket}"), None),
            80..87 => (Method::POST, "/v1/incidents".into(), Some(json!({"short_description": "E-mail does not send", "impact": 2, "urgency": 2}))),
            _ if !agent => (Method::POST, "/v1/incidents".into(), Some(json!({"short_description": "The printer jams", "impact": 3, "urgency": 3}))),
            87..94 => {
                (Method::PATCH, format!("/v1/incidents/{ticket}"), Some(json!({"short_description": format!("Printer jams: {}", fastrand::u64(..))})))
            }
            _ => (Method::POST, format!("/v1/incidents/{ticket}/comments"), Some(json!({"body": "On my way", "visibility": "public"}))),
        };
        match tokio::time::timeout(PATIENCE, self.answer(&self.people[who], token, &method, &path, body.as_ref())).await {
            Ok(Ok((200..300, answer))) => {
                if method != Method::GET {
                    self.remember(&method, &path, &answer);
                }
                Outcome::Fine
            }
            Ok(Ok((status, _))) => Outcome::Status(status),
            _ => Outcome::Broken,
        }
    }

    async fn answer(&self, who: &Person, token: &str, method: &Method, path: &str, body: Option<&Value>) -> Result<(u16, Bytes)> {
        let key = Uuid::now_v7().to_string();
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut first = true;
        loop {
            let mut request = Request::builder().method(method).uri(format!("{}{path}", self.origin)).header("authorization", token);
            request = request.header("content-type", "application/json");
            if *method == Method::POST {
                request = request.header("idempotency-key", &key);
            }
            match who.pool.request(request.body(Full::from(body.clone()))?).await {
                Ok(answer) => {
                    let (head, body) = answer.into_parts();
                    return Ok((head.status.as_u16(), body.collect().await?.to_bytes()));
                }
                Err(error) if first && was_closed(&error) => {
                    first = false;
                    self.asked_again.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn remember(&self, method: &Method, path: &str, answer: &[u8]) {
        let Ok(answer) = serde_json::from_slice::<Value>(answer) else { return };
        let Some(id) = answer["id"].as_str().map(str::to_owned) else { return };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        match answer["version"].as_i64() {
            Some(version) if *method == Method::PATCH => made.patched.push((id, version)),
            _ if path.ends_with("/comments") => made.commented.push(id),
            _ => made.created.push(id),
        }
    }

    /// Looks for everything that was acknowledged.
    pub(super) async fn kept(&self, connection: &mut PgConnection) -> Result<Kept> {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        made.look_for(connection).await.context("looking for what was acknowledged")
    }
}

/// Before any byte of an answer: as nginx does with a connection that is idle when it takes up a new configuration.
fn was_closed(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<hyper::Error>().is_some_and(|error| error.is_incomplete_message() || error.is_canceled()) {
            return true;
        }
        if cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset) {
            return true;
        }
        source = cause.source();
    }
    false
}

fn pool(roots: RootCertStore, number: u8) -> Pool {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector.set_local_address(Some(IpAddr::V4(Ipv4Addr::new(127, 0, 1, number))));
    let connector = HttpsConnectorBuilder::new().with_tls_config(client_config(roots)).https_only().enable_http1().wrap_connector(connector);
    Client::builder(TokioExecutor::new()).pool_idle_timeout(Duration::from_secs(30)).build(connector)
}
