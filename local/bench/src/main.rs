//! The bare handler of `make bench`: axum, sqlx and the platform's own statements, with nothing around them.
//!
//! No token, no layer, no log, no metric, no ETag. Under `/v1` each handler runs the very text that the platform runs, with the
//! same parameters and the same pool; under `/simple/v1` the simplest SQL that gives the same body.
#![forbid(unsafe_code)]
use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

mod answer;
/// The platform's own, and not a copy of it: what a pool costs is no part of the comparison.
#[path = "../../../shared/src/db/native/pool.rs"]
#[allow(dead_code)]
mod pool;
mod same;
mod simple;

/// What a handler may use.
#[derive(Debug, Clone)]
struct Bare {
    pool: pool::Pool,
    /// An agent's session: the `$1` of each statement. The platform takes it from the token.
    session: String,
    /// The agent, who reports in `/simple`.
    user: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let variable = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set; `make bench` sets it"));
    let url = variable("DATABASE_URL")?;
    let bare = Bare { pool: answer::pool(&url)?, session: variable("BENCH_SESSION")?, user: variable("BENCH_USER")? };
    let listener = TcpListener::bind(format!("127.0.0.1:{}", variable("PORT")?)).await.context("listening")?;
    let listener = listener.tap_io(|stream| {
        let _best_effort = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, routes().with_state(bare)).await?)
}

fn routes() -> Router<Bare> {
    Router::new()
        .route("/v1/incidents", get(same::list).post(same::create))
        .route("/v1/incidents/{id}", get(same::get).patch(same::patch))
        .route("/simple/v1/incidents", get(simple::list).post(simple::create))
        .route("/simple/v1/incidents/{id}", get(simple::get).patch(simple::patch))
}
