//! The programs that a measurement needs.
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Where they are.
#[derive(Debug)]
pub(super) struct Tools {
    /// The platform.
    pub(super) itsm: PathBuf,
    /// The bare handler.
    pub(super) bare: PathBuf,
    /// The folder of the Lua scripts.
    pub(super) scripts: PathBuf,
    /// Where programs lie that are built.
    pub(super) folder: PathBuf,
}

impl Tools {
    /// Builds ours and looks for wrk; pgbench is looked for beside the server that runs.
    pub(super) fn find(root: &Path, built: Option<&str>) -> Result<Self> {
        ensure!(Command::new("wrk").arg("--version").output().is_ok(), "wrk is not installed: sudo apt-get install wrk");
        if built.is_none() {
            build(root, &["itsm", "bench"])?;
        }
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        let folder = target.join(built.unwrap_or(PROFILE));
        Ok(Self { itsm: folder.join("itsm"), bare: folder.join("bare"), scripts: root.join("local/bench"), folder })
    }
}

/// As they are shipped.
const PROFILE: &str = "dist";

/// Builds these packages.
pub(super) fn build(root: &Path, packages: &[&str]) -> Result<()> {
    let mut cargo = xtask::cargo();
    cargo.current_dir(root).args(["build", "--profile", PROFILE]);
    cargo.args(packages.iter().flat_map(|package| ["--package", *package]));
    ensure!(cargo.status()?.success(), "the build failed");
    Ok(())
}

/// What a program says on standard output; an error has what it said on standard error.
pub(super) fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("starting {program}"))?;
    ensure!(output.status.success(), "{program}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
