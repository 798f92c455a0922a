//! One binary for every native home, chosen by environment: `AWS_LAMBDA_RUNTIME_API` set means Lambda, else HTTP on `PORT`.
use std::process::ExitCode;
use std::time::{Duration, Instant};

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
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let app = App::new(&Config::from_env()?)?; // the pool needs the runtime
        if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
            return lambda::run(function, app).await;
        }
        let host = std::env::var("HOST").unwrap_or_else(|_| "127.0.0.1".into());
        let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
        let listener = TcpListener::bind(format!("{host}:{port}")).await.with_context(|| format!("listening on {host}:{port}"))?;
        let stopped = http::stopped();
        tracing::info!(function = function.name, address = %listener.local_addr()?, "serving");
        let routes = match function.work {
            Work::Http(routes) => routes(),
            Work::Job(work) => {
                if app.queue.has_bell() {
                    tokio::spawn(work_off(app.clone(), work));
                }
                internal::routes(work)
            }
        };
        http::serve(listener, process(routes, app), stopped).await
    })
}

/// What one process serves: the functions' routes, and behind them its own health and metrics. The function `health` has some of
/// the same paths with the same answers. Behind and not around: a request of a function's passes one router.
pub fn process(routes: Router<App>, app: App) -> Router {
    let own = router(health::routes(), app.clone());
    router(routes, app).fallback_service(own)
}

/// How often a process that works by itself is its own schedule.
const TICK: Duration = Duration::from_secs(60);

/// Works off the queue: woken by the bell, and at least once a second; where it is scheduled it adds its tick once a minute.
/// A job that panics is retried when its lease is over, like one whose worker was killed, and does not end this loop.
pub async fn work_off(app: App, work: JobWork) {
    let mut ticked: Option<Instant> = None;
    loop {
        let scheduled = work.scheduled && ticked.is_none_or(|ticked| ticked.elapsed() >= TICK);
        if scheduled {
            ticked = Some(Instant::now());
        }
        let (draining, due) = (app.clone(), JobWork { scheduled, ..work });
        match tokio::spawn(async move { job::drain(&draining, &due, Duration::from_secs(25)).await }).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(queue = work.queue, cause = %error, "could not drain"),
            Err(panic) => tracing::error!(queue = work.queue, cause = %panic, "a job panicked"),
        }
        app.queue.wait(work.queue, Duration::from_secs(1)).await;
    }
}
