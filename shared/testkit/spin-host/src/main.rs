//! A small host that runs the components of a `spin.toml` the way Spin 4.1 does, for tests.
//!
//! Spin's own binary is not on crates.io, but what it stands on is: the same versions of wasmtime, the same
//! `ProxyHandler` that hands one instance up to 16 requests at once and 128 in its life, the same router, the
//! same drivers for Postgres and Redis. So a component meets the limits it will meet in production: one
//! statement prepared anew each time, 64 connections, errors of a query that come behind its rows, a
//! response in chunks unless it states its length, outbound connections only where the manifest allows.
//!
//! Left out, because our components do not use it: every trigger but HTTP and Redis, requests from one component to
//! another, files, TLS to Postgres and Redis, the types of Postgres beyond text, numbers, bool and bytes.
//! A component or a manifest that asks for any of it gets an error, not another behaviour.
//!
//! `main` reads the command line, `app` loads the manifest, `serve` takes requests, `bell` takes messages,
//! `worker` owns the instances, and `host/` answers what a component imports.
#![forbid(unsafe_code)]

mod app;
mod arguments;
mod bell;
mod host;
mod manifest;
mod outbound;
mod routes;
mod serve;
mod state;
mod variables;
mod worker;

use std::process::ExitCode;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::arguments::{Arguments, USAGE};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match Arguments::parse(words).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spin-host: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Serve until SIGTERM or SIGINT. Like Spin's, that end does not wait for requests in flight.
fn run(arguments: Arguments) -> Result<()> {
    let mut app = App::load(&arguments)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let served = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let listener = TcpListener::bind(arguments.listen)
            .await
            .with_context(|| format!("--listen {}", arguments.listen))?;
        let bells = bell::hear(std::mem::take(&mut app.bells)).await?;
        println!("listening on http://{}", listener.local_addr()?);
        tokio::select! {
            served = serve::serve(listener, app) => served,
            silent = bells => silent,
            _ = terminate.recv() => Ok(()),
            _ = interrupt.recv() => Ok(()),
        }
    });
    // To drop it would tell each worker that it panicked.
    std::mem::forget(runtime);
    served
}
