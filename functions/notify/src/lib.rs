//! Tells who is to hear of an event, in their inbox and by mail. Queue `notify`; the trigger `events_notify` enqueues.
#![forbid(unsafe_code)]
use shared::function::Function;

#[cfg(target_family = "wasm")]
mod spin;
mod tell;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::job::<tell::Tell>("notify");
