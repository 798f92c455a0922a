//! The edge at other ports than its own: the tree's nginx configuration in a folder, for the suite's home `http` and for the edge's own test.
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::root;

/// Where nginx is to listen.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// With TLS.
    pub tls: SocketAddr,
    /// In the clear, for the redirect.
    pub plain: SocketAddr,
    /// For its exporter.
    pub status: SocketAddr,
}

/// Makes the folder nginx's prefix: its files as they are but for the ports, these upstreams, and a development certificate in `tls/`.
pub fn lay_out(folder: &Path, ports: &Ports, upstreams: &str) -> Result<()> {
    let tree = root().join("local/nginx");
    let read = |file: &str| fs::read_to_string(tree.join(file)).with_context(|| format!("reading {file}"));
    for file in ["nginx.conf", "routes.conf", "headers.conf", "static.conf"] {
        fs::write(folder.join(file), read(file)?)?;
    }
    let edge = read("edge.conf")?.replace("listen 8080", &format!("listen {}", ports.plain));
    fs::write(folder.join("edge.conf"), edge.replace("listen 8081", &format!("listen {}", ports.status)))?;
    fs::write(folder.join("listen.conf"), read("listen.conf")?.replace("listen 8443", &format!("listen {}", ports.tls)))?;
    fs::write(folder.join("upstreams.conf"), upstreams)?;
    let made = Command::new(tree.join("certificate.sh")).arg(folder.join("tls")).status()?;
    ensure!(made.success(), "certificate.sh: {made}");
    Ok(())
}

/// Changes a file of the folder; an error where it has not what is to be replaced.
pub fn replace(file: &Path, from: &str, to: &str) -> Result<()> {
    let text = fs::read_to_string(file)?;
    ensure!(text.contains(from), "{} has no {from}", file.display());
    Ok(fs::write(file, text.replace(from, to))?)
}
