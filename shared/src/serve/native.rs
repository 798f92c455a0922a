//! One binary for every native home, chosen by environment: `AWS_LAMBDA_RUNTIME_API` set means Lambda, else HTTP on `PORT`.
use std::future::Future;
use std::process::ExitCode;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{health, http, internal, lambda, probe, router, worker};
use crate::app::App;
use crate::config::Config;
use crate::function::{Function, JobWork, Work};
use crate::hold::Hold;
use crate::telemetry;

/// The whole of a function's `main`. With the argument `health` it asks the one that runs beside it: for an image that has no other program.
pub fn main(function: Function) -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("health") {
        return probe::ask();
    }
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
        let (app, stopped) = holding(app, http::stopped());
        tracing::info!(function = function.name, address = %listener.local_addr()?, "serving");
        let mut workers = Workers::default();
        let routes = match function.work {
            Work::Http(routes) => routes(),
            Work::Job(work) => {
                if app.queue.has_bell() {
                    workers.start(&app, work);
                }
                internal::routes(work)
            }
        };
        let works = matches!(function.work, Work::Job(_));
        let served = http::serve(listener, process(routes, app, works), stopped).await;
        workers.stop().await;
        served
    })
}

/// Requests that one process keeps open at once; each looks at the database once a second.
const HELD: usize = 64;

/// The app of a process that lives on between requests: it may keep some open, until `stop` resolves.
pub fn holding(app: App, stop: impl Future<Output = ()> + Send + 'static) -> (App, impl Future<Output = ()> + Send + 'static) {
    let (tell, told) = watch::channel(false);
    let wait = move |time| {
        let mut told = told.clone();
        async move { tokio::time::timeout(time, told.wait_for(|stopping| *stopping)).await.is_err() }
    };
    let stop = async move {
        stop.await;
        tell.send_replace(true);
    };
    (app.with(|parts| parts.hold = Some(Hold::new(HELD, wait))), stop)
}

/// The queues that this process works off by itself.
#[derive(Debug, Default)]
pub struct Workers {
    tell: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Workers {
    /// Begins to work off a queue.
    pub fn start(&mut self, app: &App, work: JobWork) {
        self.running.spawn(worker::work_off(app.clone(), work, self.tell.subscribe()));
    }

    /// Claims nothing any more, and lets the jobs under way end.
    pub async fn stop(mut self) {
        self.tell.send_replace(true);
        while self.running.join_next().await.is_some() {}
    }
}

/// What one process serves: the functions' routes, and behind them its own health and metrics; where it `works`, also what is measured of
/// the whole desk. The function `health` has some of the same paths with the same answers. Behind and not around: a request of a
/// function's passes one router.
pub fn process(routes: Router<App>, app: App, works: bool) -> Router {
    let own = router(health::routes(works), app.clone());
    router(routes, app).fallback_service(own)
}
