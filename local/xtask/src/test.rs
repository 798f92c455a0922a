//! `cargo xtask test`: every test of the workspace, on one private Postgres.
use std::path::Path;

use anyhow::Result;

use crate::ground::{self, Ground};

/// What to test.
#[derive(Debug, clap::Args)]
pub(crate) struct Choice {
    /// For `cargo test`, instead of `--workspace`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds the binaries that tests start, then runs the tests.
pub(crate) fn run(root: &Path, choice: &Choice) -> Result<()> {
    ground::run(async {
        ground::succeed(ground::cargo().args(["build", "--quiet", "--workspace", "--bins", "--tests"]).current_dir(root)).await?;
        if choice.arguments.is_empty() {
            for tools in ["schemathesis", "sam", "checks"] {
                ground::succeed(ground::command(root.join("local/setup/venv.sh")).arg(tools)).await?;
            }
        }
        let ground = Ground::start().await?;
        let mut test = ground::cargo();
        test.arg("test").current_dir(root).env("TEST_DATABASE_URL", ground.url()?);
        if choice.arguments.is_empty() {
            test.arg("--workspace")
        } else {
            test.args(&choice.arguments)
        };
        ground::succeed(&mut test).await
    })
}
