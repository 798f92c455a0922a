//! Alerts that fire for real. The cluster runs with the tree's rules, Prometheus and Alertmanager, which tells the desk itself. Five things break at once; each
//! alert must fire and open an incident there, through nginx with TLS and an API key, and when all is mended each must be over, and the incident say so.
use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use http_body_util::Full;
use hyper::{Method, Request};
use serde::Serialize;
use serde_json::{Value, json};
use shared::caller::Role;
use shared::token::{Signer, Subject};
use sqlx::{Connection, PgConnection};
use tokio::time::sleep;

use crate::client::subject;
use crate::site::{IDLE, Pool, Site, pool, send, trusted};

/// One alert, and what became of it.
#[derive(Debug, Serialize)]
pub struct Fired {
    /// Its name.
    pub alert: &'static str,
    /// What broke.
    pub what: &'static str,
    /// Seconds from that to when it fired.
    pub fired_s: f64,
    /// Seconds from when all was mended to when it was over.
    pub over_s: f64,
    /// The incident that Alertmanager opened on the desk, which has a work note of its end.
    pub incident: String,
}

const BROKEN: [(&str, &str); 5] = [
    ("FunctionDown", "kill -9 of the function webhooks"),
    ("RedisDown", "kill -9 of Redis"),
    ("JobsDead", "jobs that nobody can do"),
    ("ScheduleLate", "kill -9 of both schedulers"),
    ("DatabaseConnectionsHigh", "230 connections that somebody holds"),
];
const KILLED: [&str; 4] = ["webhooks", "redis", "sweep", "sweep-2"];
const HELD: usize = 230;
/// A payload that no job knows.
const UNKNOWN: &str = "select count(enqueue('children', n::text, '{\"unknown\": true}', now())) from generate_series(1, 5) n";
const DEAD: &str = "select id from jobs where state = 'dead'";
/// Until all fire and are incidents, and until all are over and the desk knows: the longest waits for five minutes, Alertmanager for two more before it says what is over.
const PATIENCE: Duration = Duration::from_secs(600);
const STEP: Duration = Duration::from_secs(2);

/// Somebody of the desk, through nginx.
struct Person {
    pool: Pool,
    origin: String,
    signer: Signer,
    subject: Subject,
}

impl Person {
    async fn new(site: &Site, connection: &mut PgConnection, role: Role, name: &str) -> Result<Self> {
        let subject = subject(connection, role, name).await?;
        Ok(Self { pool: pool(trusted(&site.certificate())?, 1, IDLE), origin: site.origin()?, signer: site.signer()?, subject })
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let token = self.signer.sign(&self.subject, shared::app::now().as_second())?;
        let request = Request::builder().method(method).uri(format!("{}{path}", self.origin)).header("authorization", format!("Bearer {token}"));
        let request = request.header("content-type", "application/json").body(Full::from(body.map(|body| body.to_string()).unwrap_or_default()))?;
        answer(&self.pool, request).await.with_context(|| format!("asking {path}"))
    }

    /// The incident that this alert has opened, and whether it knows of the end.
    async fn told_of(&self, alert: &str) -> Result<Option<(String, bool)>> {
        let open = self.ask(Method::GET, "/v1/incidents?open=true&limit=100", None).await?;
        let is_its = |incident: &&Value| incident["short_description"].as_str().is_some_and(|text| text.starts_with(&format!("{alert}: ")));
        let Some(number) = open["items"].as_array().into_iter().flatten().find(is_its).and_then(|incident| incident["number"].as_str()) else {
            return Ok(None);
        };
        let comments = self.ask(Method::GET, &format!("/v1/incidents/{number}/comments"), None).await?;
        Ok(Some((number.to_owned(), comments.to_string().contains("No alert of this group fires any more."))))
    }
}

/// Breaks, waits, mends, waits.
pub async fn run(programs: &Path) -> Result<Vec<Fired>> {
    let site = Site::up(programs).await?;
    let url = site.database_url()?;
    let mut connection = PgConnection::connect(&url).await?;
    let admin = Person::new(&site, &mut connection, Role::Admin, "admin").await?;
    let agent = Person::new(&site, &mut connection, Role::Agent, "agent").await?;
    tell_the_desk(&site, &agent).await?;

    let begun = Instant::now();
    for name in KILLED {
        site.kill(name)?;
    }
    sqlx::query(UNKNOWN).execute(&mut connection).await?;
    let mut held = Vec::new();
    for _ in 0..HELD {
        held.push(PgConnection::connect(&url).await?);
    }
    let fired = each(begun, "fires", async |alert| Ok(firing(&site, &agent.pool).await?.iter().any(|name| name == alert))).await?;

    each(begun, "is an incident on the desk", async |alert| Ok(agent.told_of(alert).await?.is_some())).await?;

    for connection in held {
        connection.close().await?;
    }
    site.script(&["up"], &[]).await?;
    let dead: Vec<i64> = sqlx::query_scalar(DEAD).fetch_all(&mut connection).await?;
    for id in dead {
        admin.ask(Method::POST, &format!("/v1/jobs/{id}/cancel"), None).await?;
    }
    connection.close().await?;
    let mended = Instant::now();
    let over = each(mended, "is over", async |alert| Ok(firing(&site, &agent.pool).await?.iter().all(|name| name != alert))).await?;
    each(mended, "is known to the desk to be over", async |alert| Ok(agent.told_of(alert).await?.is_some_and(|(_, over)| over))).await?;

    let mut all = Vec::new();
    for (((alert, what), fired), over) in BROKEN.into_iter().zip(fired).zip(over) {
        let (incident, _) = agent.told_of(alert).await?.context("the incident is gone")?;
        all.push(Fired { alert, what, fired_s: fired.as_secs_f64(), over_s: over.as_secs_f64(), incident });
    }
    Ok(all)
}

/// Alertmanager begins anew, with an API key that may do nothing else.
async fn tell_the_desk(site: &Site, agent: &Person) -> Result<()> {
    let made = agent.ask(Method::POST, "/v1/auth/api-keys", Some(json!({"name": "Alertmanager", "scopes": ["alerts:write"]}))).await?;
    let key = made["key"].as_str().context("no key was made")?;
    site.kill("alertmanager")?;
    let certificate = site.certificate().display().to_string();
    let told = [("ALERT_DESK_URL", format!("{}/v1/alerts", agent.origin)), ("ALERT_DESK_KEY", key.to_owned()), ("ALERT_DESK_CA", certificate)];
    site.script(&["up"], &told).await
}

/// Waits until it is so of each alert; how long that took.
async fn each<F: Future<Output = Result<bool>>>(since: Instant, what: &str, is_so: impl Fn(&'static str) -> F) -> Result<Vec<Duration>> {
    let mut after: [Option<Duration>; BROKEN.len()] = [None; BROKEN.len()];
    while after.contains(&None) {
        for ((alert, _), after) in BROKEN.into_iter().zip(&mut after) {
            if after.is_none() && is_so(alert).await? {
                *after = Some(since.elapsed());
                println!("{alert} {what} after {:.0} s", since.elapsed().as_secs_f64());
            }
        }
        let left = || BROKEN.iter().zip(&after).filter(|(_, after)| after.is_none()).map(|((alert, _), _)| *alert).collect::<Vec<_>>();
        ensure!(since.elapsed() < PATIENCE, "not so after {} s: {:?} {what}", PATIENCE.as_secs(), left());
        sleep(STEP).await;
    }
    Ok(after.into_iter().flatten().collect())
}

/// What fires now, as Prometheus says.
async fn firing(site: &Site, pool: &Pool) -> Result<Vec<String>> {
    let request = Request::get(format!("http://127.0.0.1:{}/api/v1/alerts", site.port("prometheus")?)).body(Full::default())?;
    let said = answer(pool, request).await.context("asking Prometheus")?;
    let alerts = said["data"]["alerts"].as_array().context("no alerts")?;
    Ok(alerts.iter().filter(|alert| alert["state"] == "firing").filter_map(|alert| Some(alert["labels"]["alertname"].as_str()?.to_owned())).collect())
}

/// What is answered well.
async fn answer(pool: &Pool, request: Request<Full<hyper::body::Bytes>>) -> Result<Value> {
    let (status, body) = send(pool, request).await?;
    ensure!((200..300).contains(&status), "{status}: {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).context("an answer in JSON")
}
