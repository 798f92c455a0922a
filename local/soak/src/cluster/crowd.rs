//! People who ask the desk through nginx with TLS, each from an address of their own, as nginx counts requests by address: 127.0.1.1 and on.
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Request};
use serde_json::{Value, json};
use shared::caller::Role;
use shared::token::{Signer, Subject};
use sqlx::{Connection, PgConnection};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::act::{Act, Asked, Outcome};
use super::kept::{Kept, Made};
use crate::client::subject;
use crate::site::{IDLE, Pool, Site, pool, send, trusted};

/// Everybody who asks, and what they ask about.
pub(super) struct Crowd {
    people: Vec<Person>,
    signer: Signer,
    /// Scheme, host and port.
    origin: String,
    /// Incidents that anybody of the desk may see and change.
    tickets: Vec<String>,
    made: Mutex<Made>,
    asked_again: AtomicUsize,
    /// Why requests had no answer, each cause once.
    causes: Mutex<BTreeSet<String>>,
}

struct Person {
    pool: Pool,
    /// Each request over a connection of its own.
    fresh: Pool,
    subject: Subject,
}

impl Person {
    async fn new(connection: &mut PgConnection, role: Role, name: &str, [pool, fresh]: [Pool; 2]) -> Result<Self> {
        Ok(Self { pool, fresh, subject: subject(connection, role, name).await? })
    }
}

/// As long as anybody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Requests under way at most: who comes then is turned away, which is a failure of the desk's too.
const UNDER_WAY: usize = 1_000;
const TICKETS: &str =
    "select id::text from tickets where restricted_to is null and state in ('new', 'in_progress', 'on_hold') order by random() limit 5000";

impl Crowd {
    /// Of four people one is a requester, the others are agents.
    pub(super) async fn gather(site: &Site, people: u8) -> Result<Arc<Self>> {
        let roots = trusted(&site.certificate())?;
        let mut connection = PgConnection::connect(&site.database_url()?).await?;
        let mut crowd = Vec::new();
        for number in 1..=people {
            let (role, name) = if number.is_multiple_of(4) { (Role::Requester, "requester") } else { (Role::Agent, "agent") };
            crowd.push(Person::new(&mut connection, role, name, [IDLE, 0].map(|idle| pool(roots.clone(), number, idle))).await?);
        }
        let tickets = sqlx::query_scalar(TICKETS).fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(Arc::new(Self {
            people: crowd,
            signer: site.signer()?,
            origin: site.origin()?,
            tickets,
            made: Mutex::default(),
            asked_again: AtomicUsize::new(0),
            causes: Mutex::default(),
        }))
    }

    /// Asks, so many times a second, until `during` is over.
    pub(super) async fn ask_during<T>(self: &Arc<Self>, rate: u32, during: impl Future<Output = Result<T>>) -> Result<(T, Act)> {
        let now = shared::app::now().as_second();
        let tokens =
            self.people.iter().map(|person| Ok(format!("Bearer {}", self.signer.sign(&person.subject, now)?))).collect::<Result<Vec<_>>>()?;
        let (begun, over) = (Instant::now(), Arc::new(AtomicBool::new(false)));
        self.asked_again.store(0, Ordering::Relaxed);
        self.causes.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let asking = tokio::spawn(Arc::clone(self).ask(rate, tokens, Arc::clone(&over)));
        let done = during.await;
        over.store(true, Ordering::Relaxed);
        let seconds = begun.elapsed().as_secs_f64();
        let asked = asking.await?;
        let causes = std::mem::take(&mut *self.causes.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((done?, Act::of(asked, seconds, self.asked_again.load(Ordering::Relaxed), causes.into_iter().collect())))
    }

    /// An access token of one person more, who is an agent.
    pub(super) async fn one_more(&self, connection: &mut PgConnection) -> Result<String> {
        self.signer.sign(&subject(connection, Role::Agent, "agent").await?, shared::app::now().as_second())
    }

    async fn ask(self: Arc<Self>, rate: u32, tokens: Vec<String>, over: Arc<AtomicBool>) -> Vec<Asked> {
        let (tell, mut told) = mpsc::unbounded_channel();
        let (begun, under_way, tokens) = (Instant::now(), Arc::new(AtomicUsize::new(0)), Arc::new(tokens));
        for number in 0_u32.. {
            let due = Duration::from_secs_f64(f64::from(number) / f64::from(rate));
            // A sleep of nothing is one of a millisecond: whoever is late would never catch up.
            if let Some(early) = due.checked_sub(begun.elapsed()) {
                tokio::time::sleep(early).await;
            }
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
            Ok(Err(error)) => self.broken(format!("{error:#}")),
            Err(_) => self.broken(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }

    fn broken(&self, cause: String) -> Outcome {
        self.causes.lock().unwrap_or_else(PoisonError::into_inner).insert(cause);
        Outcome::Broken
    }

    async fn answer(&self, who: &Person, token: &str, method: &Method, path: &str, body: Option<&Value>) -> Result<(u16, Bytes)> {
        let key = Uuid::now_v7().to_string();
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut pool = &who.pool;
        loop {
            let mut request = Request::builder().method(method).uri(format!("{}{path}", self.origin)).header("authorization", token);
            request = request.header("content-type", "application/json");
            if *method == Method::POST {
                request = request.header("idempotency-key", &key);
            }
            match send(pool, request.body(Full::from(body.clone()))?).await {
                // once, and not over the next of the pool, which may be closed as well
                Err(error) if std::ptr::eq(pool, &who.pool) && was_closed(&error) => {
                    pool = &who.fresh;
                    self.asked_again.fetch_add(1, Ordering::Relaxed);
                }
                answered => return answered,
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
fn was_closed(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<hyper::Error>().is_some_and(|error| error.is_incomplete_message() || error.is_canceled())
            || cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
    })
}
