//! All functions in one process: their routes on one port, their jobs on tasks, the bell in memory.
use std::iter;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use axum::Router;
use shared::app::App;
use shared::config::{Config, DatabaseConfig, TokenConfig};
use shared::function::Work;
use shared::serve::{Workers, holding, http, process};
use shared::token::{Signer, key_set};
use tokio::net::TcpListener;

use crate::database::{Database, data_dir};
use crate::functions::FUNCTIONS;
use crate::secrets::Secrets;

/// The configuration of the local mode: what the environment does not say comes from the data folder's secrets.
pub fn config(database_url: &str, secrets: &Secrets) -> Result<Config> {
    let set = |name: &str, otherwise: &str| std::env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_owned());
    let mut variables = std::collections::HashMap::from([
        ("DATABASE_URL", database_url.to_owned()),
        ("SECRET_KEY", set("SECRET_KEY", &secrets.secret_key)),
        ("JWT_SIGNING_KEY", set("JWT_SIGNING_KEY", &secrets.jwt_signing_key)),
        ("INTERNAL_TOKEN", set("INTERNAL_TOKEN", &secrets.internal_token)),
        ("QUEUE_URL", set("QUEUE_URL", "memory")),
        ("REDIS_URL", set("REDIS_URL", "")),
        ("RATE_LIMIT", set("RATE_LIMIT", "")),
        ("RATE_LIMIT_INSTANCES", set("RATE_LIMIT_INSTANCES", "")),
        ("JOB_CONCURRENCY", set("JOB_CONCURRENCY", "4")),
        ("JWT_KEYS", set("JWT_KEYS", r#"{"keys":[]}"#)),
        ("TRUSTED_PROXIES", set("TRUSTED_PROXIES", "")),
        ("SMTP_URL", set("SMTP_URL", "")),
        ("MAIL_API_URL", set("MAIL_API_URL", "")),
        ("MAIL_API_KIND", set("MAIL_API_KIND", "")),
        ("MAIL_API_TOKEN", set("MAIL_API_TOKEN", "")),
        ("MAIL_FROM", set("MAIL_FROM", "")),
        ("MAIL_INBOUND_SECRETS", set("MAIL_INBOUND_SECRETS", "")),
        ("MAIL_AUTHSERV_ID", set("MAIL_AUTHSERV_ID", "")),
        ("MAIL_UNKNOWN_SENDERS", set("MAIL_UNKNOWN_SENDERS", "")),
        ("DATABASE_MAX_CONNECTIONS", set("DATABASE_MAX_CONNECTIONS", "10")),
        ("WEBHOOK_ALLOW_PRIVATE", set("WEBHOOK_ALLOW_PRIVATE", "false")),
    ]);
    let first = Config::from_variables(&variables)?;
    if std::env::var_os("JWT_KEYS").is_none() {
        let signer = Signer::new(&first.token.signing_key.context("no signing key")?);
        variables.insert("JWT_KEYS", key_set(iter::once(signer.public()).chain(secrets.former_keys.iter().map(String::as_str))));
    }
    Config::from_variables(&variables)
}

/// A configuration for one database and these secrets alone, whatever the environment says.
pub fn config_for(url: &str, secrets: &Secrets, queue_url: &str) -> Result<Config> {
    let variables = std::collections::HashMap::from([
        ("DATABASE_URL", url.to_owned()),
        ("SECRET_KEY", secrets.secret_key.clone()),
        ("JWT_SIGNING_KEY", secrets.jwt_signing_key.clone()),
        ("INTERNAL_TOKEN", secrets.internal_token.clone()),
        ("QUEUE_URL", queue_url.to_owned()),
        ("RATE_LIMIT", "0".to_owned()),
        ("JWT_KEYS", r#"{"keys":[]}"#.to_owned()),
    ]);
    let config = Config::from_variables(&variables)?;
    let keys = config.token.signing_key.map(|seed| Signer::new(&seed).public_keys()).unwrap_or_default();
    Ok(Config { token: TokenConfig { keys, ..config.token }, database: DatabaseConfig { max_connections: 10, ..config.database }, ..config })
}

/// The routes of every function.
pub fn routes() -> Router<App> {
    FUNCTIONS.iter().fold(Router::new(), |router, function| router.merge(function.routes()))
}

/// Serves until SIGTERM or SIGINT, then lets the requests under way finish.
pub async fn serve(database: &Database, secrets: &Secrets, begun: Instant, greeting: impl FnOnce(&str)) -> Result<()> {
    let app = App::new(&config(&database.url, secrets)?)?;
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))
        .await
        .with_context(|| format!("port {port} is taken or not permitted: choose another, for example PORT=8081"))?;
    let url = format!("http://{}", listener.local_addr()?);
    let mut workers = Workers::default();
    for function in FUNCTIONS {
        if let Work::Job(work) = function.work {
            workers.start(&app, work);
        }
    }
    let (app, stopped) = holding(app, http::stopped());
    tracing::info!(url, ms = begun.elapsed().as_millis() as u64, "ready");
    greeting(&url);
    tokio::select! {
        served = http::serve(listener, process(routes(), app.clone(), true), stopped) => served?,
        () = lost(database) => bail!("the private Postgres ended; the end of its log says why: {}", data_dir()?.join("db/log").display()),
    }
    workers.stop().await;
    app.db.close().await;
    Ok(())
}

/// When the private server is gone, by whatever cause: there is nothing left to serve with, and whoever supervises us starts us anew.
async fn lost(database: &Database) {
    match &database.embedded {
        Some(server) => server.ended().await,
        None => std::future::pending().await,
    }
}
