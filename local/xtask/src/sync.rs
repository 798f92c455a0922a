//! `cargo xtask sync`: from the functions' folders to every file that lists them. The files are committed; a test holds them current.
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::functions::{self, Function};

mod compose;
mod configuration;
mod itsm;
mod knative;
mod monitoring;
pub mod nginx;
mod readme;
pub(crate) mod spin;
pub mod template;

/// A file that `sync` writes, or the part of it between two marks.
struct Written {
    path: &'static str,
    text: String,
}

fn all(root: &Path) -> Result<Vec<Written>> {
    let functions = functions::all(root)?;
    let file = |path, text| Written { path, text };
    Ok(vec![
        file("docs/CONFIGURATION.md", configuration::page(&functions)),
        file("functions/README.md", readme::table(&functions)),
        file("k8s/base/config.yaml", knative::config()),
        file("k8s/base/functions.yaml", knative::functions(&functions)),
        file("k8s/base/gateway/upstreams.conf", knative::upstreams(&functions)),
        file("k8s/base/wake.yaml", knative::wake(&functions)),
        file("k8s/components/redis/sources.yaml", knative::redis(&functions)),
        file("k8s/components/sqs/sources.yaml", knative::sqs(&functions)),
        file("local/compose.yaml", compose::compose(&functions)),
        file("local/itsm/Cargo.toml", itsm::dependencies(&fs::read_to_string(root.join("local/itsm/Cargo.toml"))?, &functions)?),
        file("local/itsm/src/functions.rs", itsm::functions(&functions)),
        file("local/nginx/routes.conf", nginx::routes(&functions)),
        file("local/nginx/upstreams.conf", nginx::upstreams(&functions, |function| port_8080(&function.name))),
        file("monitoring/targets/functions.json", monitoring::targets(http(&functions), port_8080)),
        file("monitoring/targets/workers.json", monitoring::targets(workers(&functions), port_8080)),
        file("spin.bell.toml", spin::bell(&functions)),
        file("spin.toml", spin::manifest(&functions)),
        file("template.yaml", template::template(&functions)?),
    ])
}

/// The document of the API; the functions' types say what is in it, so a program of `itsm` prints it.
const OPENAPI: &str = "docs/openapi.json";

/// Every file that `sync` writes.
pub const WRITES: &[&str] = &[
    "docs/CONFIGURATION.md",
    "functions/README.md",
    "k8s/base/config.yaml",
    "k8s/base/functions.yaml",
    "k8s/base/gateway/upstreams.conf",
    "k8s/base/wake.yaml",
    "k8s/components/redis/sources.yaml",
    "k8s/components/sqs/sources.yaml",
    "local/compose.yaml",
    "local/itsm/Cargo.toml",
    "local/itsm/src/functions.rs",
    "local/nginx/routes.conf",
    "local/nginx/upstreams.conf",
    "monitoring/targets/functions.json",
    "monitoring/targets/workers.json",
    "spin.bell.toml",
    "spin.toml",
    "template.yaml",
    OPENAPI,
];

/// Writes what is stale, and the document of the API as the functions have it now; answers which.
pub fn write(root: &Path) -> Result<Vec<&'static str>> {
    let mut written = manifests(root)?;
    let printed = crate::cargo().args(["run", "--quiet", "--package", "itsm", "--example", "openapi"]).current_dir(root).output()?;
    ensure!(printed.status.success(), "the document of the API: {}", String::from_utf8_lossy(&printed.stderr));
    if fs::read(root.join(OPENAPI))? != printed.stdout {
        fs::write(root.join(OPENAPI), printed.stdout)?;
        written.push(OPENAPI);
    }
    Ok(written)
}

fn manifests(root: &Path) -> Result<Vec<&'static str>> {
    let mut written = Vec::new();
    for file in stale(root)? {
        let path = root.join(file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, file.text).with_context(|| format!("writing {}", file.path))?;
        written.push(file.path);
    }
    Ok(written)
}

/// Fails where something is stale.
pub fn check(root: &Path) -> Result<()> {
    match stale(root)?.iter().map(|file| file.path).collect::<Vec<_>>().as_slice() {
        [] => Ok(()),
        stale => bail!("stale: {}. Run `cargo xtask sync`.", stale.join(", ")),
    }
}

fn stale(root: &Path) -> Result<Vec<Written>> {
    let is_stale = |file: &Written| fs::read_to_string(root.join(file.path)).ok().as_deref() != Some(file.text.as_str());
    Ok(all(root)?.into_iter().filter(is_stale).collect())
}

/// Where compose has an instance.
fn port_8080(instance: &str) -> String {
    format!("{instance}:8080")
}

/// Functions that work off a queue.
fn workers(functions: &[Function]) -> impl Iterator<Item = &Function> {
    functions.iter().filter(|function| !function.is_http())
}

/// Functions that answer requests.
fn http(functions: &[Function]) -> impl Iterator<Item = &Function> {
    functions.iter().filter(|function| function.is_http())
}

/// What some functions name as theirs is theirs alone.
fn needs(functions: &[Function], function: &Function, variable: &str) -> bool {
    let names = |function: &Function| function.variables.iter().any(|name| name == variable);
    names(function) || !functions.iter().any(names)
}
