//! Configuration: one struct per concern, each field naming its variable and default. Read once, from the environment
//! (native homes) or from Spin's variables (the same names in lower case).
use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// One variable that the functions read; `cargo xtask sync` puts each into every home's manifest and into the docs.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Upper case with underscores.
    pub name: &'static str,
    /// What applies where it is not set; none: it must be set.
    pub default: Option<&'static str>,
    /// Never logged, never in a manifest.
    pub secret: bool,
    /// What it is for.
    pub meaning: &'static str,
}

const fn variable(name: &'static str, default: Option<&'static str>, secret: bool, meaning: &'static str) -> Variable {
    Variable { name, default, secret, meaning }
}

/// All that the functions read.
pub const VARIABLES: &[Variable] = &[
    variable("DATABASE_URL", None, true, "Postgres: `postgres://user:password@host/database`"),
    variable("DATABASE_MAX_CONNECTIONS", Some("10"), false, "connections that one process may open (Spin's host has its own limit)"),
    variable("SECRET_KEY", None, true, "32 random bytes, base64url: signs page cursors; the same for all functions"),
    variable(
        "JWT_KEYS",
        None,
        false,
        "JWK Set (RFC 7517) of the public Ed25519 keys that access tokens are verified with; two while keys are rotated",
    ),
    variable("JWT_SIGNING_KEY", Some(""), true, "Ed25519 seed, 32 bytes, base64url: signs access tokens; only `auth` has it"),
    variable(
        "QUEUE_URL",
        Some(""),
        false,
        "the bell for new jobs: empty (schedules wake), `memory` (in this process), `redis://host:port` or an SQS URL with `{queue}`",
    ),
    variable(
        "REDIS_URL",
        Some(""),
        false,
        "where rate limits are counted and pages are kept for other processes: `redis://host:port`; empty: where QUEUE_URL rings, if that is a Redis, else nowhere",
    ),
    variable(
        "RATE_LIMIT",
        Some("3000"),
        false,
        "requests a minute that one person may make, in all sessions and by all API keys, and a sixth of them at once; then 429; 0: no limit",
    ),
    variable(
        "RATE_LIMIT_INSTANCES",
        Some("1"),
        false,
        "processes among which RATE_LIMIT is divided where no Redis answers: as many as one function has",
    ),
    variable("JOB_CONCURRENCY", Some("4"), false, "jobs of one queue that one worker process runs at once"),
    variable("TRUSTED_PROXIES", Some(""), false, "addresses and CIDR blocks, by commas, whose X-Forwarded-For tells the client's address"),
    variable(
        "WEBHOOK_ALLOW_PRIVATE",
        Some("false"),
        false,
        "`true` lets webhooks go to http:// and to private addresses: for tests and a developer's machine, never where others are administrators",
    ),
    variable(
        "SMTP_URL",
        Some(""),
        true,
        "where mail goes: `smtps://user:password@host`, `smtp://host:25`, with `?tls=required` for STARTTLS; empty: none is written",
    ),
    variable(
        "MAIL_API_URL",
        Some(""),
        false,
        "where mail goes by HTTP, in place of SMTP_URL: the address of a mail API; the only way out that Spin has; empty: none",
    ),
    variable("MAIL_API_KIND", Some("generic"), false, "what that API takes: `generic` (docs/MAIL.md has its JSON) or `postmark`"),
    variable("MAIL_API_TOKEN", Some(""), true, "what that API knows us by: a bearer token, or Postmark's server token"),
    variable(
        "MAIL_FROM",
        Some(""),
        false,
        "the desk's own address, as in `Service Desk <desk@example.com>`; replies come to `desk+TOKEN@example.com`",
    ),
    variable("MAIL_INBOUND_SECRETS", Some(""), true, "signs what comes to /v1/mail/inbound; by commas, two while one is replaced; empty: none comes"),
    variable(
        "MAIL_AUTHSERV_ID",
        Some(""),
        false,
        "the authserv-id (RFC 8601) of the server whose Authentication-Results are believed; empty: no sender is known by DMARC",
    ),
    variable(
        "MAIL_UNKNOWN_SENDERS",
        Some("create"),
        false,
        "`create` a requester for an authentic sender whom nobody knows, or `hold` the mail aside",
    ),
    variable("INTERNAL_TOKEN", Some(""), true, "bearer token of the internal routes (metrics, drain, events); empty closes them"),
    variable(
        "CLOUD_EVENTS",
        Some("token"),
        false,
        "who may post CloudEvents to a job function's `/`: whoever has the internal `token`, or `anyone` who reaches it (Knative's sources send none)",
    ),
];

/// `DATABASE_URL`, `DATABASE_MAX_CONNECTIONS`.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// libpq URL of the role `itsm_app`.
    pub url: String,
    /// Upper bound of one process's pool.
    pub max_connections: u32,
}

/// `JWT_KEYS`, `JWT_SIGNING_KEY`.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// JWK Set as JSON.
    pub keys: String,
    /// The private key, in `auth` alone.
    pub signing_key: Option<[u8; 32]>,
}

/// `MAIL_API_*`.
#[derive(Debug, Clone, Default)]
pub struct MailApiConfig {
    /// Where each mail is posted to; empty: nowhere.
    pub url: String,
    /// What it takes.
    pub kind: MailApiKind,
    /// Who we are to it; may be empty.
    pub token: String,
}

/// What a mail API takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MailApiKind {
    /// JSON of our own.
    #[default]
    Generic,
    /// That of Postmark's `/email`.
    Postmark,
}

/// `SMTP_URL`, `MAIL_*`.
#[derive(Debug, Clone, Default)]
pub struct MailConfig {
    /// Where mail goes; empty: nowhere.
    pub smtp_url: String,
    /// Where it goes instead, by HTTP.
    pub api: MailApiConfig,
    /// The desk's own address.
    pub from: String,
    /// What signs inbound mail; one of these.
    pub inbound_secrets: Vec<String>,
    /// Whose Authentication-Results are believed.
    pub authserv_id: String,
    /// Whether an authentic sender whom nobody knows becomes a requester.
    pub creates_senders: bool,
}

/// `RATE_LIMIT`, `RATE_LIMIT_INSTANCES`.
#[derive(Debug, Clone, Copy)]
pub struct LimitConfig {
    /// Requests a minute of one person; 0: no limit.
    pub minute: u32,
    /// Processes that divide them where no Redis answers.
    pub instances: u32,
}

/// Everything a function may need, by concern.
#[derive(Debug, Clone)]
pub struct Config {
    /// Postgres.
    pub database: DatabaseConfig,
    /// Access tokens.
    pub token: TokenConfig,
    /// Signs cursors (HMAC-SHA256).
    pub secret_key: [u8; 32],
    /// Where the bell rings.
    pub queue_url: String,
    /// Where limits are counted and pages kept; empty: nowhere.
    pub redis_url: String,
    /// What one person may ask.
    pub limit: LimitConfig,
    /// Jobs of a queue that a worker runs at once.
    pub job_concurrency: usize,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: String,
    /// Mail out and in.
    pub mail: MailConfig,
    /// Opens the internal routes.
    pub internal_token: Option<String>,
    /// Whether events wake a job function without that token.
    pub open_events: bool,
    /// Whether webhooks may go to private addresses.
    pub webhook_allow_private: bool,
}

impl Config {
    /// From the process's environment.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(&VARIABLES.iter().filter_map(|v| Some((v.name, std::env::var(v.name).ok()?))).collect())
    }

    /// From variables read elsewhere. An unset or unusable one is an error that names it.
    pub fn from_variables(set: &HashMap<&'static str, String>) -> Result<Self> {
        let text = |name: &str| -> Result<String> {
            let variable = VARIABLES.iter().find(|v| v.name == name).with_context(|| format!("{name} is not in VARIABLES"))?;
            match (set.get(name).filter(|value| !value.is_empty()), variable.default) {
                (Some(value), _) => Ok(value.clone()),
                (None, Some(default)) => Ok(default.to_owned()),
                (None, None) => bail!("{name} is not set. It is {}.", variable.meaning),
            }
        };
        let signing_key = text("JWT_SIGNING_KEY")?;
        let queue_url = text("QUEUE_URL")?;
        let redis_url = text("REDIS_URL")?;
        let rings = if queue_url.starts_with("redis://") { queue_url.as_str() } else { "" };
        Ok(Self {
            database: DatabaseConfig {
                url: text("DATABASE_URL")?,
                max_connections: text("DATABASE_MAX_CONNECTIONS")?.parse().context("DATABASE_MAX_CONNECTIONS must be a whole number")?,
            },
            token: TokenConfig {
                keys: text("JWT_KEYS")?,
                signing_key: if signing_key.is_empty() { None } else { Some(key("JWT_SIGNING_KEY", &signing_key)?) },
            },
            secret_key: key("SECRET_KEY", &text("SECRET_KEY")?)?,
            redis_url: if redis_url.is_empty() { rings.to_owned() } else { redis_url },
            queue_url,
            limit: LimitConfig {
                minute: text("RATE_LIMIT")?.parse().context("RATE_LIMIT must be a whole number")?,
                instances: u32::try_from(positive("RATE_LIMIT_INSTANCES", &text("RATE_LIMIT_INSTANCES")?)?).unwrap_or(u32::MAX),
            },
            job_concurrency: positive("JOB_CONCURRENCY", &text("JOB_CONCURRENCY")?)?,
            trusted_proxies: text("TRUSTED_PROXIES")?,
            mail: MailConfig {
                smtp_url: text("SMTP_URL")?,
                api: MailApiConfig { url: text("MAIL_API_URL")?, kind: mail_api_kind(&text("MAIL_API_KIND")?)?, token: text("MAIL_API_TOKEN")? },
                from: text("MAIL_FROM")?,
                inbound_secrets: text("MAIL_INBOUND_SECRETS")?.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect(),
                authserv_id: text("MAIL_AUTHSERV_ID")?,
                creates_senders: either("MAIL_UNKNOWN_SENDERS", &text("MAIL_UNKNOWN_SENDERS")?, "create", "hold")?,
            },
            internal_token: Some(text("INTERNAL_TOKEN")?).filter(|token| !token.is_empty()),
            open_events: either("CLOUD_EVENTS", &text("CLOUD_EVENTS")?, "anyone", "token")?,
            webhook_allow_private: text("WEBHOOK_ALLOW_PRIVATE")?.parse().context("WEBHOOK_ALLOW_PRIVATE must be true or false")?,
        })
    }
}

fn mail_api_kind(text: &str) -> Result<MailApiKind> {
    match text {
        "generic" => Ok(MailApiKind::Generic),
        "postmark" => Ok(MailApiKind::Postmark),
        _ => bail!("MAIL_API_KIND must be `generic` or `postmark`"),
    }
}

fn either(name: &str, text: &str, yes: &str, no: &str) -> Result<bool> {
    match text {
        text if text == yes => Ok(true),
        text if text == no => Ok(false),
        _ => bail!("{name} must be `{yes}` or `{no}`"),
    }
}

fn positive(name: &str, text: &str) -> Result<usize> {
    text.parse().ok().filter(|number| *number > 0).with_context(|| format!("{name} must be a whole number from 1"))
}

/// 32 bytes in base64url, as the variable of this name has them.
pub fn key(name: &str, text: &str) -> Result<[u8; 32]> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).with_context(|| format!("{name} must be base64url"))?;
    bytes.try_into().ok().with_context(|| format!("{name} must be 32 bytes"))
}
