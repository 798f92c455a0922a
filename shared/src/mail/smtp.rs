//! SMTP by `lettre`, with a few connections kept open.
use std::time::Duration;

use anyhow::{Context, Result};
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{Mail, Outgoing, Refusal};

/// How long a server may take to answer a command.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Smtp")
    }
}

impl Smtp {
    pub(super) fn new(url: &str) -> Result<Self> {
        Ok(Self(AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.timeout(Some(PATIENCE)).build()))
    }

    /// A mail that cannot be written (an address that is none) is refused for good, as the server would.
    pub(super) async fn send(&self, desk: &Mail, mail: &Outgoing) -> Result<(), Refusal> {
        let (envelope, message) = written(desk, mail).map_err(Refusal::Permanent)?;
        match self.0.send_raw(&envelope, &message.formatted()).await {
            Ok(_) => Ok(()),
            Err(error) if is_final(&error) => Err(Refusal::Permanent(error.into())),
            Err(error) => Err(Refusal::Temporary(error.into())),
        }
    }
}

/// Refusals of the mail, not of us: one of our credentials (RFC 4954, 6) is for an administrator to mend, and the mail waits.
fn is_final(error: &smtp::Error) -> bool {
    let of_us = error.status().is_some_and(|code| ["530", "534", "535", "538"].contains(&code.to_string().as_str()));
    error.is_permanent() && !of_us
}

/// Bounces go where answers go, so that they are known by their token.
fn written(desk: &Mail, mail: &Outgoing) -> Result<(Envelope, Message)> {
    let from = Mailbox::new(Some(desk.name().to_owned()).filter(|name| !name.is_empty()), desk.address().parse().context("MAIL_FROM")?);
    let (name, address) = &mail.to;
    let to: Address = address.parse().with_context(|| format!("{address} is no address"))?;
    let reply_to: Address = mail.reply_to.parse().context("the reply address")?;
    let mut message = Message::builder()
        .from(from)
        .to(Mailbox::new(Some(name.clone()), to.clone()))
        .reply_to(Mailbox::new(None, reply_to.clone()))
        .subject(mail.subject.as_str());
    for (name, value) in desk.headers(mail) {
        message = message.raw_header(HeaderValue::new(HeaderName::new_from_ascii(name.to_owned())?, value));
    }
    let message = message.multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone())).context("writing the mail")?;
    Ok((Envelope::new(Some(reply_to), vec![to])?, message))
}
