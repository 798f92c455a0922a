//! `POST /v1/mail/inbound`
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::app::App;
use shared::conditional::json;
use shared::error::Error;
use shared::mail::head::Head;
use shared::mail::signature::{is_fresh, is_signature, is_signed};
use shared::write::committed;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reading::read;

/// What was done with it.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = MailTaken)]
pub(crate) struct Taken {
    /// Whether it was new; one that came before is not taken again, and that is no failure.
    stored: bool,
}

/// Hand over a message (RFC 5322) as it came. What becomes of it is decided later, by the order of `docs/MAIL.md`.
///
/// Not by a token: `X-Mail-Signature` is the hexadecimal HMAC-SHA256, under a secret of `MAIL_INBOUND_SECRETS`, of the time, a dot and the body.
/// The time may be five minutes from ours, and a signature is good once: whoever tries again signs again.
#[utoipa::path(post, path = "/v1/mail/inbound", tag = "mail", security(()), request_body(content = String, content_type = "message/rfc822"),
    params(("X-Mail-Timestamp" = String, Header, description = "seconds since 1970"), ("X-Mail-Signature" = String, Header, description = "64 hexadecimal digits, lower case")),
    responses((status = 202, body = Taken), (status = 400), (status = 401), (status = 409, description = "the signature was used before"), (status = 413),
              (status = 503, description = "as many large messages as this process takes at once are under way")))]
pub(crate) async fn inbound(State(app): State<App>, request: Request) -> Result<Response, Error> {
    // What the head says alone is asked before anything of the body is read.
    let signed = Signed::of(request.headers()).filter(|signed| !app.inbound.inbound_secrets.is_empty() && signed.may_be(&app)).ok_or(UNSIGNED)?;
    let read = read(request).await?;
    let raw = &read.bytes;
    if !is_signed(&app.inbound.inbound_secrets, &signed.timestamp, raw, &signed.signature) {
        return Err(UNSIGNED);
    }
    let head = Head::of(raw);
    if head.recipients().is_empty() && head.first("From").is_none() {
        return Err(Error::BadRequest("This is not a message (RFC 5322): it has neither From nor To.".into()));
    }
    let stored = store(&app, &head, raw, signed.signature).await?;
    Ok(json(StatusCode::ACCEPTED, stored))
}
const UNSIGNED: Error =
    Error::Unauthenticated("Send X-Mail-Timestamp and X-Mail-Signature, made with a secret of ours within the last five minutes.");
const RECEIVE: &str = include_str!("../sql/receive.sql");

async fn store(app: &App, head: &Head, raw: &Bytes, signature: String) -> Result<String, Error> {
    let hash: String = Sha256::digest(raw).iter().map(|octet| format!("{octet:02x}")).collect();
    let identity = head.message_id().unwrap_or_else(|| hash.clone());
    let mailbox = head.recipients().into_iter().next().filter(|address| !app.mail.is_own(address)).unwrap_or_else(|| app.mail.address());
    let params =
        [Uuid::now_v7().into(), mailbox.into(), identity.into(), hash.into(), STANDARD.encode(raw).into(), app.now().into(), signature.into()];
    match app.db.row(RECEIVE, &params).await?.flatten().as_deref() {
        None | Some("\"replayed\"") => Err(Error::Conflict("This signature was used before: sign again.".into())),
        Some(written) => committed(app, written).await,
    }
}

/// What the caller says to be who may hand mail over.
struct Signed {
    timestamp: String,
    signature: String,
}

impl Signed {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        Some(Self { timestamp: text("x-mail-timestamp")?, signature: text("x-mail-signature")? })
    }

    fn may_be(&self, app: &App) -> bool {
        is_fresh(&self.timestamp, app.now().as_second()) && is_signature(&self.signature)
    }
}
