//! The clocks of tickets. Queue `sla`, every minute, and when a calendar or a definition changed.
#![forbid(unsafe_code)]
use shared::function::Function;

mod clocks;
mod recompute;
mod remind;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::job::<clocks::Clocks>("sla");
