//! Turns a mail that came in into a comment or a new incident, or says why it is none. Queue `intake`; the order is that of `docs/MAIL.md`.
#![forbid(unsafe_code)]
use shared::function::Function;

mod clocks;
mod decide;
mod dmarc;
mod message;
#[cfg(target_family = "wasm")]
mod spin;
mod take;
mod trim;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::job::<take::Take>("intake");
