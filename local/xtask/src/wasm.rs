//! `cargo xtask wasm`: every function as a component in `target/wasm`, and the host that the tests run them in.
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::functions;

/// Where the host is built: it is a workspace of its own, and its wasmtime is heavy.
pub const HOST_TARGET: &str = "target/spin-host";

/// Builds them, or only the one that is named and those that are not there yet.
pub fn build(root: &Path, only: Option<&str>) -> Result<()> {
    let names = functions::all(root)?.into_iter().map(|function| function.name);
    let names = names.filter(|name| only.is_none_or(|only| name == only || !root.join(format!("target/wasm/{name}.wasm")).exists()));
    run(crate::by_hand(Command::new(root.join("local/wasm.sh"))).args(names))?;
    let host = root.join("shared/testkit/spin-host/Cargo.toml");
    run(crate::cargo().args(["build", "--release", "--quiet", "--manifest-path"]).arg(host).env("CARGO_TARGET_DIR", root.join(HOST_TARGET)))
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("starting {program}"))?;
    ensure!(status.success(), "{program}: {status}");
    Ok(())
}
