//! A mail that was set aside, as the API shows it.
use serde::Deserialize;
use shared::db::Param;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;

/// A mail of which nothing was made yet, and what is known of it.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = SetAsideMail)]
pub(crate) struct SetAside {
    id: Uuid,
    /// The address that it came to.
    mailbox: String,
    /// Whom it says it is from, as far as it could be read; anybody can write anything there.
    sender: Option<String>,
    /// Why: `poison`, `capped`, `unreadable`, `no_author`, `unknown_sender`, `unverified`, `inactive_sender` or `auditor`.
    #[schema(example = "unverified")]
    reason: String,
    /// How often it was begun with.
    tries: i64,
    /// How many files it brings.
    attachments: i64,
    /// Its bytes.
    size: i64,
    #[schema(format = "date-time")]
    received_at: String,
    #[schema(format = "date-time")]
    set_aside_at: String,
}

/// The same, with its source.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = SetAsideMailWhole)]
pub(crate) struct Whole {
    #[serde(flatten)]
    mail: SetAside,
    /// The message as it came, its first 256 KiB; bytes that are no UTF-8 are U+FFFD.
    source: String,
}

/// A page of them, the newest first.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = SetAsideMailPage)]
pub(crate) struct Page {
    items: Vec<SetAside>,
    /// The cursor of the next page, or null.
    next: Option<String>,
}

/// The id in a path; what is none is the id of no mail.
pub(crate) fn id(path: &str) -> Result<Param, Error> {
    path.parse::<Uuid>().map(Param::from).map_err(|_| Error::NotFound)
}
