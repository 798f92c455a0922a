//! One binary for every native home, chosen by environment: `AWS_LAMBDA_RUNTIME_API` set means Lambda, else HTTP on `PORT`.
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;

use super::{health, http, internal, lambda, router};
use crate::app::App;
use crate::config::Config;
use crate::function::{Function, JobWork, Work};
use crate::{job, telemetry};

/// The whole of a function's `main`.
pub fn main(function: Function) -> ExitCode {
    telemetry::init();
    match run(function) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(function = function.name, cause = format!("{error:#}"), "could not run");
            ExitCode::FAILURE
        }
    }
}

fn run(function: Function) -> Result<()> {
    let app = App::new(&Config::from_env()?)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
            return lambda::run(function, app).await;
        }
        let host = std::env::var("HOST").unwrap_or_else(|_| "127.0.0.1".into());
        let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
        let listener = TcpListener::bind(format!("{host}:{port}")).await.with_context(|| format!("listening on {host}:{port}"))?;
        tracing::info!(function = function.name, address = %listener.local_addr()?, "serving");
        let routes = match function.work {
            Work::Http(routes) => routes(),
            Work::Job(work) => {
                tokio::spawn(work_off(app.clone(), work));
                internal::routes(work)
            }
        };
        http::serve(listener, process(routes, app), http::stopped()).await
    })
}

/// What one process serves: the functions' routes inside its own health and metrics.
///
/// Nested as a fallback because the function `health` has the same paths; the process's own win.
pub fn process(routes: Router<App>, app: App) -> Router {
    let own = health::routes().with_state(app.clone());
    own.fallback_service(router(routes, app))
}

/// Works off the queue: woken by the bell, and at least once a second.
pub async fn work_off(app: App, work: JobWork) {
    loop {
        if let Err(error) = job::drain(&app, &work, Duration::from_secs(25)).await {
            tracing::warn!(queue = work.queue, cause = %error, "could not drain");
        }
        app.queue.wait(work.queue, Duration::from_secs(1)).await;
    }
}
