//! One SQS emulator for a whole run: its start costs a second, a queue in it milliseconds.
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::ground;

/// It ends with this value.
pub(super) struct Emulator {
    _child: Child,
    endpoint: String,
}

impl Emulator {
    pub(super) async fn start(root: &Path) -> Result<Self> {
        let mut command = ground::command(root.join("target/tools/sqs/bin/python"));
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]).stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().context("starting the SQS emulator")?;
        let mut lines = BufReader::new(child.stderr.take().context("a pipe")?).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, endpoint)) = line.split_once("Running on ") {
                // Its log goes on; a full pipe would stop it.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { _child: child, endpoint: endpoint.trim().to_owned() });
            }
        }
        anyhow::bail!("the SQS emulator ended before it was ready")
    }

    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}
