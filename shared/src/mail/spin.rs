//! Spin has no sockets for SMTP: without a mail API, mails wait in their rows until a home that has sends them.
use anyhow::Result;

use super::{Mail, Outgoing, Refusal};

#[derive(Debug)]
pub(super) struct Smtp;

impl Smtp {
    pub(super) fn new(_: &str) -> Result<Self> {
        Ok(Self)
    }

    pub(super) async fn send(&self, _: &Mail, _: &Outgoing) -> Result<(), Refusal> {
        Err(Refusal::Temporary(anyhow::anyhow!(
            "Spin cannot send mail by SMTP: set MAIL_API_URL, or run `mailer` in a native home on the same database"
        )))
    }
}
