//! One person who asks too much, as a program of its own that only runs where nothing else does: whoever floods a desk has a machine of their own, and what the asking costs
//! there is not the desk's.
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use http_body_util::Full;
use hyper::Request;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::site::{IDLE, Pool, Site, pool, send, trusted};

/// Where and as whom; the program reads it as JSON on standard input, as a token is nobody else's business.
#[derive(Debug, Serialize, Deserialize)]
pub struct Flooder {
    /// Scheme, host and port.
    pub origin: String,
    /// Whom to trust there.
    pub certificate: PathBuf,
    /// An access token.
    pub token: String,
    /// How long.
    pub seconds: u64,
}

/// What became of the requests of one who asks too much.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Flood {
    /// With what was asked for.
    pub answered: usize,
    /// 429.
    pub refused: usize,
    /// Otherwise, or not at all.
    pub failed: usize,
}

/// Connections that a flood comes over, and how long each waits after an answer.
const CONNECTIONS: usize = 16;
const PAUSE: Duration = Duration::from_millis(20);
/// As long as an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

impl Flood {
    /// Whether it was one: this many requests a second, and more than anybody may.
    pub(super) fn is_one(&self, time: Duration) -> bool {
        (self.answered + self.refused) as f64 >= FLOODING * time.as_secs_f64() && self.refused > 0 && self.failed == 0
    }
}

/// Requests a second that are a flood: four times what nginx lets a token do.
const FLOODING: f64 = 200.0;

impl Flooder {
    /// In a process of its own, which runs where nobody else wants to (`SCHED_IDLE`).
    pub(super) async fn unleash(&self, site: &Site) -> Result<Flood> {
        let mut command = Command::new("chrt");
        command.args(["--idle", "0"]).arg(site.programs().join("soak")).arg("flood");
        let mut flooder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().context("starting the flooder")?;
        flooder.stdin.take().context("no standard input")?.write_all(&serde_json::to_vec(self)?).await?;
        let said = flooder.wait_with_output().await?;
        ensure!(said.status.success(), "the flooder: {}", said.status);
        Ok(serde_json::from_slice(&said.stdout)?)
    }

    /// Asks on so many connections at once, each again soon after it is answered.
    pub async fn run(self) -> Result<Flood> {
        let until = Instant::now() + Duration::from_secs(self.seconds);
        let pool = pool(trusted(&self.certificate)?, u8::MAX, IDLE);
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (pool, url, token) = (pool.clone(), format!("{}/v1/incidents?limit=20", self.origin), format!("Bearer {}", self.token));
            connections.spawn(async move {
                let mut flood = Flood::default();
                while Instant::now() < until {
                    match status(&pool, &url, &token).await {
                        Ok(200) => flood.answered += 1,
                        Ok(429) => flood.refused += 1,
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
}

async fn status(pool: &Pool, url: &str, token: &str) -> Result<u16> {
    let request = Request::get(url).header("authorization", token).body(Full::default())?;
    Ok(timeout(PATIENCE, send(pool, request)).await??.0)
}
