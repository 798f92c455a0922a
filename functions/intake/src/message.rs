//! A message as this function goes by it.
use mail_parser::{MessageParser, MimeHeaders, PartType};
use shared::mail::head::{Head, ids};
use shared::mail::{MARKER, Mail};

use crate::dmarc::passes;
use crate::trim::{subject, trimmed};

/// What kind of message it is, by what its head says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// One of ours that came back.
    Own,
    /// A mail server tells of a delivery (RFC 3464), or there is nobody to answer (RFC 5321, 4.5.5).
    Bounce,
    /// A program wrote it, or it came by a list (RFC 3834, RFC 2919).
    Automatic,
    /// Somebody wrote it.
    Personal,
}

/// What there is of it.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) class: Class,
    /// Name and address of its one author; none where there is none or more than one.
    pub(crate) from: Option<(String, String)>,
    /// Whether a server that we believe says that the author's domain stands for it.
    pub(crate) is_authentic: bool,
    /// All that it was sent to.
    pub(crate) recipients: Vec<String>,
    /// The ids that it answers, the nearest first.
    pub(crate) references: Vec<String>,
    pub(crate) subject: String,
    /// What its author wrote, without what they quote.
    pub(crate) text: String,
    /// Files that came with it, kept with the message.
    pub(crate) attachments: i64,
}

impl Message {
    /// The author's address; empty where there is none.
    pub(crate) fn author(&self) -> &str {
        self.from.as_ref().map_or("", |(_, address)| address)
    }

    /// None where it is no message at all, or one that is made to be more than it is.
    pub(crate) fn read(raw: &[u8], desk: &Mail, authserv_id: &str) -> Option<Self> {
        if is_bomb(raw) {
            return None;
        }
        let parsed = MessageParser::default().parse(raw)?;
        let message = Self::of(raw, &parsed, desk, authserv_id);
        take_apart(parsed);
        Some(message)
    }

    fn of(raw: &[u8], parsed: &mail_parser::Message<'_>, desk: &Mail, authserv_id: &str) -> Self {
        let head = Head::of(raw);
        let is_report = parsed.content_type().is_some_and(|of| of.ctype() == "multipart" && of.subtype() == Some("report"));
        let from = parsed.from().filter(|from| from.iter().count() == 1).and_then(|from| from.first());
        let address = from.and_then(|from| from.address()).map(str::to_lowercase).filter(|address| is_address(address));
        let is_authentic = address.as_deref().is_some_and(|address| passes(&head, authserv_id, address));
        let name = from.and_then(|from| from.name()).map(line).filter(|name| !name.is_empty());
        let body = parsed.body_text(0).map(std::borrow::Cow::into_owned).unwrap_or_default();
        Self {
            class: class(&head, desk, is_report),
            from: address.map(|address| (name.unwrap_or_else(|| address.clone()), address)),
            is_authentic,
            recipients: head.recipients(),
            references: references(&head),
            subject: subject(parsed.subject().unwrap_or_default()),
            text: trimmed(&body.replace('\0', "")),
            attachments: i64::try_from(parsed.attachment_count()).unwrap_or(i64::MAX),
        }
    }
}

/// Things in a message of which the parser makes one of its own each: headers, addresses, parameters, parts. Each costs it some hundred bytes.
const THINGS: usize = 100_000;
/// Multipart bodies, for each of which it may look through all that follows.
const BOUNDARIES: usize = 200;

/// Whether a parser would need much more memory or time than the message's size lets one expect.
fn is_bomb(raw: &[u8]) -> bool {
    let lines = raw.split(|octet| *octet == b'\n').filter(|line| line.contains(&b':')).count();
    let marks = raw.windows(2).filter(|two| matches!(two, [b',' | b';', _] | [b'-', b'-'])).count();
    let boundaries = raw.windows(8).filter(|word| word.eq_ignore_ascii_case(b"boundary")).count();
    lines + marks > THINGS || boundaries > BOUNDARIES
}

/// A message may hold a message that holds a message: dropped as one, thousands of them would take the whole stack.
fn take_apart(message: mail_parser::Message<'_>) {
    let mut held = vec![message];
    while let Some(message) = held.pop() {
        held.extend(message.parts.into_iter().filter_map(|part| if let PartType::Message(inner) = part.body { Some(inner) } else { None }));
    }
}

/// In this order: a bounce may say that it is automatic, too.
fn class(head: &Head, desk: &Mail, is_report: bool) -> Class {
    let is_null = head.first("Return-Path").is_some_and(|path| path.trim() == "<>");
    if head.all(MARKER).any(|marker| marker == desk.marker()) {
        Class::Own
    } else if is_null || is_report {
        Class::Bounce
    } else if is_automatic(head) {
        Class::Automatic
    } else {
        Class::Personal
    }
}

fn is_automatic(head: &Head) -> bool {
    let first_word = |value: &str| value.split([';', ' ', ',']).next().unwrap_or_default().to_ascii_lowercase();
    head.all("Auto-Submitted").any(|value| first_word(value) != "no")
        || head.all("Precedence").any(|value| ["bulk", "list", "junk", "auto_reply"].contains(&first_word(value).as_str()))
        || head.first("X-Auto-Response-Suppress").is_some_and(|value| first_word(value) != "none")
        || head.first("List-Id").is_some()
}

/// The one it answers first, then those before it, the last ones first.
fn references(head: &Head) -> Vec<String> {
    let answered = head.all("In-Reply-To").flat_map(ids);
    let before: Vec<String> = head.all("References").flat_map(ids).collect();
    answered.chain(before.into_iter().rev()).take(50).collect()
}

/// As a person's row takes it.
fn is_address(address: &str) -> bool {
    let is_plain = address.bytes().all(|octet| octet.is_ascii_graphic());
    is_plain && address.len() <= 254 && address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

fn line(text: &str) -> String {
    text.replace('\0', "").split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect()
}
