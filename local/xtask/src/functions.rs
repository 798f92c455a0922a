//! The functions, as their folders describe them: `[package.metadata.function]` in each `functions/NAME/Cargo.toml`.
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// One folder of `functions/`.
#[derive(Debug, Clone)]
pub struct Function {
    /// The folder, the package, the binary and the component.
    pub name: String,
    /// The package's description.
    pub description: String,
    /// Megabytes.
    pub memory: u32,
    /// Seconds.
    pub timeout: u32,
    /// Variables that this function alone needs.
    pub variables: Vec<String>,
    /// Whether it may reach any host of the Internet.
    pub outbound: bool,
    /// Queues whose bell it rings; `*` is any.
    pub rings: Vec<String>,
    /// Routes or a queue.
    pub kind: Kind,
}

/// What wakes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Requests.
    Http {
        /// Each stands for itself and everything below it.
        routes: Vec<String>,
        /// It also answers what no route matches, where a home has nothing of its own for that.
        fallback: bool,
        /// Megabytes that a request may have, where that is more than everywhere.
        body: Option<u32>,
        /// Those of its paths whose answers are the same for everybody: a gateway may keep them.
        fixed: Vec<String>,
    },
    /// Jobs.
    Job {
        /// Its queue.
        queue: String,
        /// When a schedule enqueues a job of it: a cron expression of five fields.
        schedule: Option<String>,
        /// Whose clock that is by.
        timezone: String,
    },
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    description: String,
    metadata: PackageMetadata,
}

#[derive(Deserialize)]
struct PackageMetadata {
    function: Metadata,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Metadata {
    Http {
        routes: Vec<String>,
        #[serde(default)]
        fallback: bool,
        body: Option<u32>,
        #[serde(default, rename = "static")]
        fixed: Vec<String>,
        memory: u32,
        timeout: u32,
        #[serde(default)]
        variables: Vec<String>,
        #[serde(default)]
        rings: Vec<String>,
    },
    Job {
        queue: String,
        schedule: Option<String>,
        #[serde(default = "utc")]
        timezone: String,
        memory: u32,
        timeout: u32,
        #[serde(default)]
        variables: Vec<String>,
        #[serde(default)]
        outbound: bool,
        #[serde(default)]
        rings: Vec<String>,
    },
}

fn utc() -> String {
    "UTC".into()
}

impl Function {
    fn new(package: Package) -> Self {
        let (kind, memory, timeout, variables, outbound, rings) = match package.metadata.function {
            Metadata::Http { routes, fallback, body, fixed, memory, timeout, variables, rings } => {
                (Kind::Http { routes, fallback, body, fixed }, memory, timeout, variables, false, rings)
            }
            Metadata::Job { queue, schedule, timezone, memory, timeout, variables, outbound, rings } => {
                (Kind::Job { queue, schedule, timezone }, memory, timeout, variables, outbound, rings)
            }
        };
        Self { name: package.name, description: package.description, memory, timeout, variables, outbound, rings, kind }
    }

    /// Its routes; a job has none that are public.
    pub fn routes(&self) -> &[String] {
        match &self.kind {
            Kind::Http { routes, .. } => routes,
            Kind::Job { .. } => &[],
        }
    }

    /// Whether one of its routes is this path or above it.
    pub fn is_at(&self, path: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        self.routes().iter().any(|route| path.strip_prefix(route.as_str()).is_some_and(below))
    }

    /// Its queue; a function of routes has none.
    pub fn queue(&self) -> Option<&str> {
        match &self.kind {
            Kind::Job { queue, .. } => Some(queue),
            Kind::Http { .. } => None,
        }
    }

    /// Whether it rings the bell of this queue.
    pub fn rings(&self, queue: &str) -> bool {
        self.rings.iter().any(|rung| rung == "*" || rung == queue)
    }

    /// The names of its processes where each is a process of its own. Schedulers are two, so that the end of one delays nothing.
    pub fn instances(&self) -> Vec<String> {
        let is_scheduler = matches!(&self.kind, Kind::Job { queue, .. } if queue == "sweep");
        let second = is_scheduler.then(|| format!("{}-2", self.name));
        std::iter::once(self.name.clone()).chain(second).collect()
    }

    /// Whether it answers requests.
    pub fn is_http(&self) -> bool {
        matches!(self.kind, Kind::Http { .. })
    }
}

/// All functions of the workspace, by name.
pub fn all(root: &Path) -> Result<Vec<Function>> {
    let mut functions = Vec::new();
    for entry in fs::read_dir(root.join("functions"))? {
        let manifest = entry?.path().join("Cargo.toml");
        if manifest.is_file() {
            functions.push(read(&manifest).with_context(|| format!("reading {}", manifest.display()))?);
        }
    }
    functions.sort_by(|a, b| a.name.cmp(&b.name));
    for function in &functions {
        let known = |rung: &&String| *rung == "*" || functions.iter().any(|other| other.queue() == Some(rung.as_str()));
        let unknown = function.rings.iter().find(|rung| !known(rung));
        ensure!(unknown.is_none(), "{} rings the queue {}, which no function works off", function.name, unknown.map_or("", String::as_str));
    }
    ensure!(functions.iter().filter(|f| matches!(f.kind, Kind::Http { fallback: true, .. })).count() <= 1, "two functions are the fallback");
    Ok(functions)
}

fn read(manifest: &Path) -> Result<Function> {
    let manifest: Manifest = toml::from_str(&fs::read_to_string(manifest)?)?;
    let function = Function::new(manifest.package);
    for route in function.routes() {
        ensure!(route.starts_with('/') && !route.ends_with('/'), "the route {route} must begin and must not end with a slash");
    }
    Ok(function)
}
