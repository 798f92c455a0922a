//! Events are delivered to webhooks: signed, in order, one at a time for each endpoint, at least once. Queue `webhook`.
//! [docs/WEBHOOKS.md](../../../docs/WEBHOOKS.md) has it from the receiver's side.
#![forbid(unsafe_code)]
use shared::function::Function;

mod attempt;
mod deliver;
mod due;
mod purge;
mod signature;
#[cfg(target_family = "wasm")]
mod spin;
mod verdict;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::clocked::<deliver::Deliver>("webhook", due::boxed);
