//! Mail by HTTP: each mail is one POST to a mail API, the same in every home. `docs/MAIL.md` has the shapes.
use anyhow::{Context, Result, anyhow};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Mail, Outgoing, Refusal};
use crate::config::{MailApiConfig, MailApiKind};
use crate::fetch::{Fetch, Fetched};

/// Answers that are not about the mail: our credentials, our address of the API, its pace.
const OF_US: [u16; 8] = [401, 403, 404, 405, 407, 408, 425, 429];
/// Postmark's codes (its "API error codes") that are about the mail: invalid, and a recipient who bounced or complained before. The others of
/// a 422 are about the account or the sender, for an administrator to mend.
const OF_THE_MAIL: [i64; 2] = [300, 406];

/// One API.
#[derive(Debug)]
pub(super) struct Api {
    fetch: Fetch,
    url: String,
    kind: MailApiKind,
    headers: HeaderMap,
}

impl Api {
    /// Whoever runs the platform chose the address, and a relay of theirs may have a private one.
    pub(super) fn new(config: &MailApiConfig) -> Result<Self> {
        let fetch = Fetch::new(true);
        fetch.target(&config.url).context("MAIL_API_URL")?;
        Ok(Self { fetch, url: config.url.clone(), kind: config.kind, headers: headers(config).context("MAIL_API_TOKEN")? })
    }

    /// What the API says to it becomes what a mail server would have said. What is no address is refused for good, as by SMTP: an API might
    /// read two out of it.
    pub(super) async fn send(&self, desk: &Mail, mail: &Outgoing) -> Result<(), Refusal> {
        if !is_address(&mail.to.1) {
            return Err(Refusal::Permanent(anyhow!("{} is no address", mail.to.1)));
        }
        let body = match self.kind {
            MailApiKind::Generic => generic(desk, mail),
            MailApiKind::Postmark => postmark(desk, mail),
        };
        match self.fetch.post(&self.url, self.headers.clone(), body.to_string()).await {
            Ok(Fetched { status: 200..300, .. }) => Ok(()),
            Ok(answer) if is_final(self.kind, &answer) => Err(Refusal::Permanent(said(&answer))),
            Ok(answer) => Err(Refusal::Temporary(said(&answer))),
            Err(error) => Err(Refusal::Temporary(error.into())),
        }
    }
}

fn headers(config: &MailApiConfig) -> Result<HeaderMap> {
    let json = HeaderValue::from_static("application/json");
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, json.clone()), (ACCEPT, json), (USER_AGENT, HeaderValue::from_static("itsm-mail/1"))]);
    if !config.token.is_empty() {
        let (name, value) = match config.kind {
            MailApiKind::Generic => (AUTHORIZATION, format!("Bearer {}", config.token)),
            MailApiKind::Postmark => (HeaderName::from_static("x-postmark-server-token"), config.token.clone()),
        };
        let mut value = HeaderValue::from_str(&value)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// All parts of a mail, for whoever builds it of them.
fn generic(desk: &Mail, mail: &Outgoing) -> Value {
    let headers = desk.headers(mail).into_iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
    json!({
        "message_id": mail.message_id,
        "from": {"name": desk.name(), "address": desk.address()},
        "to": {"name": one_line(&mail.to.0), "address": mail.to.1},
        "reply_to": mail.reply_to,
        "return_path": mail.reply_to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": headers.collect::<serde_json::Map<_, _>>(),
    })
}

/// Postmark gives each mail an id of its own, unless `X-PM-KeepID` asks it not to.
fn postmark(desk: &Mail, mail: &Outgoing) -> Value {
    let headers = desk.headers(mail).into_iter().chain([("X-PM-KeepID", "true".to_owned())]);
    json!({
        "From": mailbox(desk.name(), &desk.address()),
        "To": mailbox(&mail.to.0, &mail.to.1),
        "ReplyTo": mail.reply_to,
        "Subject": mail.subject,
        "TextBody": mail.text,
        "HtmlBody": mail.html,
        "Headers": headers.map(|(name, value)| json!({"Name": name, "Value": value})).collect::<Vec<_>>(),
    })
}

/// `"Name" <address>`, with the name as a quoted string (RFC 5322, 3.2.4).
fn mailbox(name: &str, address: &str) -> String {
    match one_line(name).replace('\\', "\\\\").replace('"', "\\\"") {
        name if name.is_empty() => address.to_owned(),
        name => format!("\"{name}\" <{address}>"),
    }
}

/// A line break in a name would be another header to an API that does not look.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect::<String>().trim().to_owned()
}

/// One address, and nothing else.
fn is_address(text: &str) -> bool {
    let foreign = |letter: char| letter.is_whitespace() || letter.is_control() || ",;<>()\"\\[]:".contains(letter);
    !text.contains(foreign) && text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

/// Whether no later attempt can help.
fn is_final(kind: MailApiKind, answer: &Fetched) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Postmark {
        error_code: i64,
    }
    match kind {
        MailApiKind::Generic => (400..500).contains(&answer.status) && !OF_US.contains(&answer.status),
        MailApiKind::Postmark => {
            let code = serde_json::from_str::<Postmark>(&answer.body).map(|postmark| postmark.error_code);
            answer.status == 422 && code.is_ok_and(|code| OF_THE_MAIL.contains(&code))
        }
    }
}

fn said(answer: &Fetched) -> anyhow::Error {
    anyhow!("the mail API said {}: {}", answer.status, answer.body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(kind: MailApiKind, status: u16, body: &str) -> bool {
        is_final(kind, &Fetched { status, body: body.into() })
    }

    #[test]
    fn only_what_is_about_the_mail_is_final() {
        for status in [400, 406, 409, 410, 413, 415, 422, 451] {
            assert!(judged(MailApiKind::Generic, status, ""), "{status}");
        }
        for status in [301, 302, 307, 401, 403, 404, 405, 407, 408, 425, 429, 500, 502, 503, 504] {
            assert!(!judged(MailApiKind::Generic, status, ""), "{status}");
            assert!(!judged(MailApiKind::Postmark, status, r#"{"ErrorCode":300}"#), "{status}");
        }
    }

    #[test]
    fn of_postmark_its_code_says_whose_fault_it_is() {
        for (code, is_the_mails) in [(300, true), (406, true), (10, false), (400, false), (405, false), (412, false)] {
            assert_eq!(judged(MailApiKind::Postmark, 422, &format!(r#"{{"ErrorCode":{code},"Message":"..."}}"#)), is_the_mails, "{code}");
        }
        assert!(!judged(MailApiKind::Postmark, 422, "<html>"));
    }

    #[test]
    fn a_name_is_quoted_and_one_line() {
        assert_eq!(mailbox("Ada \"A\" \\ L", "ada@example.com"), r#""Ada \"A\" \\ L" <ada@example.com>"#);
        assert_eq!(mailbox("Ada\r\nBcc: eve@example.com", "ada@example.com"), "\"Ada  Bcc: eve@example.com\" <ada@example.com>");
        assert_eq!(mailbox(" ", "ada@example.com"), "ada@example.com");
    }

    #[test]
    fn two_addresses_are_none() {
        assert!(is_address("ada.o'neill+desk@sub.example.com") && is_address("ülo@exämple.ee"));
        for text in ["", "ada", "@example.com", "ada@", "ada@a@b", "ada@example.com,eve@example.com", "ada@example.com\r\nBcc: x", "<a@b>"] {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn a_token_that_no_header_can_hold_is_found_at_the_start() {
        let config = MailApiConfig { url: "https://mail.example/".into(), token: "a\nb".into(), ..MailApiConfig::default() };
        assert!(Api::new(&config).is_err_and(|error| error.to_string() == "MAIL_API_TOKEN"));
    }
}
