//! Mail: the ways out (SMTP natively, a mail API in every home), and the addresses that replies come back to.
use anyhow::{Context, Result, bail, ensure};

use crate::config::MailConfig;

mod api;
pub mod head;
mod reply;
pub mod signature;
#[cfg(not(target_family = "wasm"))]
mod smtp;
#[cfg(target_family = "wasm")]
mod spin;
use api::Api;
#[cfg(not(target_family = "wasm"))]
use smtp::Smtp;
#[cfg(target_family = "wasm")]
use spin::Smtp;

pub use reply::{ReplyKey, Token};

/// A mail to one person.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Name and address.
    pub to: (String, String),
    /// One line.
    pub subject: String,
    /// The body for who reads text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// BCP 47.
    pub language: String,
    /// Without its angle brackets.
    pub message_id: String,
    /// The id that everything about one ticket refers to, so that it is one conversation.
    pub thread: String,
    /// Where an answer goes, and a bounce.
    pub reply_to: String,
}

/// Why a mail was not taken.
#[derive(Debug)]
pub enum Refusal {
    /// The server refused this mail for good (RFC 5321, 4.2.1: 5yz; of an API, RFC 9110, 15.5: 4xx).
    Permanent(anyhow::Error),
    /// The server is away, busy, or will not have it now.
    Temporary(anyhow::Error),
}

/// How mail leaves.
#[derive(Debug)]
enum Transport {
    Smtp(Smtp),
    Api(Api),
}

impl Transport {
    /// The one that is configured, if any is.
    fn chosen(config: &MailConfig) -> Result<Option<Self>> {
        Ok(match (config.smtp_url.is_empty(), config.api.url.is_empty()) {
            (true, true) => None,
            (false, true) => Some(Self::Smtp(Smtp::new(&config.smtp_url).context("SMTP_URL")?)),
            (true, false) => Some(Self::Api(Api::new(&config.api)?)),
            (false, false) => bail!("SMTP_URL and MAIL_API_URL are both set: mail leaves by one of them"),
        })
    }
}

/// Sends mail, as one desk.
#[derive(Debug)]
pub struct Mail {
    transport: Option<Transport>,
    name: String,
    local: String,
    domain: String,
    replies: ReplyKey,
}

/// The header that says which desk a mail is from: what comes back to it is dropped.
pub const MARKER: &str = "X-ITSM-Desk";

impl Mail {
    /// What people call the desk; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Connects to nothing yet. `secret` signs reply addresses.
    pub fn new(config: &MailConfig, secret: [u8; 32]) -> Result<Self> {
        let (name, address) = split(&config.from);
        let (local, domain) = address.rsplit_once('@').unwrap_or(("desk", "localhost"));
        ensure!(config.from.is_empty() || address.contains('@'), "MAIL_FROM must be an address, as in `Service Desk <desk@example.com>`");
        let sends = !config.smtp_url.is_empty() || !config.api.url.is_empty();
        ensure!(!sends || !config.from.is_empty(), "SMTP_URL or MAIL_API_URL is set: MAIL_FROM must be, too");
        // The local part of an address has 64 octets (RFC 5321, 4.5.3.1.1).
        ensure!(
            local.len() + 1 + reply::LENGTH <= 64,
            "the part of MAIL_FROM before the @ is too long: replies come to an address with a token behind it"
        );
        let transport = Transport::chosen(config)?;
        let (name, local, domain) = (name.to_owned(), local.to_lowercase(), domain.to_lowercase());
        Ok(Self { transport, name, local, domain, replies: ReplyKey::new(secret) })
    }

    /// The domain of our message ids, where mail is sent at all.
    pub fn sending_domain(&self) -> Option<&str> {
        self.transport.is_some().then_some(self.domain.as_str())
    }

    /// The desk's domain.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The desk's address.
    pub fn address(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// Where an answer to this mail goes: the desk's address with a signed token (RFC 5233).
    pub fn reply_address(&self, token: &Token) -> String {
        format!("{}+{}@{}", self.local, self.replies.seal(token), self.domain)
    }

    /// The mail that an address of ours says it answers; whether it is signed, [`Self::is_signed`] says.
    pub fn replied(&self, address: &str) -> Option<uuid::Uuid> {
        ReplyKey::mail(self.detail(address)?)
    }

    /// Whether the address is the one that this mail asked to be answered at.
    pub fn is_signed(&self, address: &str, token: &Token) -> bool {
        self.detail(address).is_some_and(|detail| self.replies.opens(detail, token))
    }

    /// Whether an address is the desk's own, with or without a token.
    pub fn is_own(&self, address: &str) -> bool {
        address.eq_ignore_ascii_case(&self.address()) || self.detail(address).is_some()
    }

    /// What stands between `+` and `@` of an address of ours.
    fn detail<'a>(&self, address: &'a str) -> Option<&'a str> {
        let (local, domain) = address.rsplit_once('@')?;
        let (local, detail) = local.split_once('+')?;
        (local.eq_ignore_ascii_case(&self.local) && domain.eq_ignore_ascii_case(&self.domain)).then_some(detail)
    }

    /// What [`MARKER`] says in our mails.
    pub fn marker(&self) -> String {
        self.replies.marker(&self.address())
    }

    /// Hands a mail to the server. Whoever calls it again after a failure may send it twice, under one Message-ID.
    pub async fn send(&self, mail: &Outgoing) -> Result<(), Refusal> {
        match &self.transport {
            Some(Transport::Smtp(smtp)) => smtp.send(self, mail).await,
            Some(Transport::Api(api)) => api.send(self, mail).await,
            None => Err(Refusal::Temporary(anyhow::anyhow!("neither SMTP_URL nor MAIL_API_URL is set"))),
        }
    }

    /// What mail programs go by, whichever way it leaves: whose conversation it is, in which language, and that a machine wrote it (RFC 3834),
    /// so that no auto-responder answers.
    fn headers(&self, mail: &Outgoing) -> [(&'static str, String); 7] {
        let thread = format!("<{}>", mail.thread);
        [
            ("Message-ID", format!("<{}>", mail.message_id)),
            ("In-Reply-To", thread.clone()),
            ("References", thread),
            ("Auto-Submitted", "auto-generated".into()),
            ("X-Auto-Response-Suppress", "All".into()),
            ("Content-Language", mail.language.clone()),
            (MARKER, self.marker()),
        ]
    }
}

/// `Name <address>`, or an address alone.
fn split(from: &str) -> (&str, &str) {
    match from.trim().strip_suffix('>').and_then(|rest| rest.split_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"'), address.trim()),
        None => ("", from.trim()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::config::MailApiConfig;

    fn desk(from: &str) -> Result<Mail> {
        Mail::new(&MailConfig { from: from.into(), ..MailConfig::default() }, [1; 32])
    }

    #[test]
    fn an_answer_comes_back_to_an_address_that_only_we_can_make() {
        let mail = desk("The Desk <Desk@Example.com>").unwrap();
        let token = Token { mail: Uuid::now_v7(), ticket: Uuid::now_v7(), user: Uuid::now_v7() };
        let address = mail.reply_address(&token);
        assert!(address.starts_with("desk+") && address.ends_with("@example.com") && address.rsplit_once('@').unwrap().0.len() <= 64);
        for written in [address.clone(), address.to_uppercase()] {
            assert_eq!(mail.replied(&written), Some(token.mail));
            assert!(mail.is_signed(&written, &token) && mail.is_own(&written));
        }
        let another = Token { user: Uuid::now_v7(), ..token };
        assert!(!mail.is_signed(&address, &another));
        assert!(!Mail::new(&MailConfig { from: "desk@example.com".into(), ..MailConfig::default() }, [2; 32]).unwrap().is_signed(&address, &token));
        for other in ["desk@example.com", "desk+x@example.com", "other+abc@example.com", &address.replace("example", "elsewhere"), ""] {
            assert_eq!(mail.replied(other), None, "{other}");
        }
        assert!(mail.is_own("DESK@example.com") && !mail.is_own("ada@example.com"));
    }

    #[test]
    fn what_cannot_be_an_address_is_refused_at_the_start() {
        assert!(desk("").unwrap().sending_domain().is_none());
        assert!(desk("Desk").is_err());
        assert!(desk(&format!("{}@example.com", "x".repeat(30))).is_err());
        assert!(Mail::new(&MailConfig { smtp_url: "smtp://127.0.0.1:25".into(), ..MailConfig::default() }, [1; 32]).is_err());
    }

    #[test]
    fn mail_leaves_by_one_way() {
        let way = |smtp_url: &str, url: &str| {
            let api = MailApiConfig { url: url.into(), ..MailApiConfig::default() };
            Mail::new(&MailConfig { smtp_url: smtp_url.into(), api, from: "desk@example.com".into(), ..MailConfig::default() }, [1; 32])
        };
        assert_eq!(way("", "https://mail.example/send").unwrap().sending_domain(), Some("example.com"));
        assert!(way("smtp://127.0.0.1:25", "https://mail.example/send").is_err_and(|error| error.to_string().contains("both")));
        assert!(way("", "mail.example").is_err_and(|error| format!("{error:#}").contains("MAIL_API_URL")));
    }
}
