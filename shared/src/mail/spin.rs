//! Spin has no sockets for SMTP: mails wait in their rows until a home that has sends them.
use anyhow::Result;

use super::{Mail, Outgoing, Refusal};

#[derive(Debug)]
pub(super) struct Transport;

impl Transport {
    pub(super) fn new(_: &str) -> Result<Self> {
        Ok(Self)
    }

    pub(super) async fn send(&self, _: &Mail, _: &Outgoing) -> Result<(), Refusal> {
        Err(Refusal::Temporary(anyhow::anyhow!("Spin cannot send mail by SMTP: run `mailer` in a native home on the same database")))
    }
}
