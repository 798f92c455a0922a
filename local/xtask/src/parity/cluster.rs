//! The cluster for the suite: its workers do not run, and its gateway lets everybody ask as fast as they can. Or one that runs already, of which `SITE_URL` and
//! the rest say where it is.
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use xtask::cluster::Cluster;
use xtask::{edge, told};

use crate::ground;

/// None where one runs already.
pub(super) async fn start(root: &Path) -> Result<Option<Cluster>> {
    if std::env::var_os("SITE_URL").is_some() {
        return Ok(None);
    }
    let cluster = Cluster::new(&root.join("target/debug"))?;
    fs::create_dir(cluster.file("secrets"))?;
    let secrets = [
        ("jwt_signing_key", URL_SAFE_NO_PAD.encode(told::SIGNING_KEY)),
        ("secret_key", URL_SAFE_NO_PAD.encode(told::SECRET_KEY)),
        ("internal_token", told::INTERNAL_TOKEN.to_owned()),
    ];
    for (name, secret) in secrets {
        fs::write(cluster.file("secrets").join(name), secret)?;
    }
    let settings = [
        ("RATE_LIMIT", "0"),
        ("WEBHOOK_ALLOW_PRIVATE", "true"),
        ("MAIL_FROM", told::MAIL_FROM),
        ("MAIL_AUTHSERV_ID", told::MAIL_AUTHSERV_ID),
        ("MAIL_INBOUND_SECRETS", told::INBOUND_SECRET),
    ];
    let settings = settings.map(|(name, value)| (name, value.to_owned()));
    // Whoever was connected to the former database would find it gone.
    for step in [&["up"][..], &["stop", "functions", "workers"], &["empty"], &["start", "functions"]] {
        cluster.script(step, &settings).await?;
    }
    for rate in ["rate=200r/s", "rate=50r/s"] {
        edge::replace(&cluster.file("nginx/edge.conf"), rate, "rate=100000r/s")?;
    }
    ground::succeed(ground::command("kill").args(["-s", "HUP", &cluster.pid("nginx")?.to_string()])).await?;
    tokio::time::sleep(Duration::from_secs(1)).await; // its former workers have gone by then: they have no connection
    Ok(Some(cluster))
}

/// Where it is, for the tests.
pub(super) fn variables(cluster: &Cluster) -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("SITE_URL", cluster.origin()?),
        ("SITE_CA", cluster.certificate().display().to_string()),
        ("SITE_DATABASE_URL", cluster.database_url()?),
        ("SITE_APP_DATABASE_URL", cluster.app_database_url()?),
    ])
}
