//! Sends mails, by SMTP or to a mail API. Queue `mailer`; `notify` enqueues one job a mail.
#![forbid(unsafe_code)]
use shared::function::Function;

mod letter;
mod send;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::job::<send::Send>("mailer");
