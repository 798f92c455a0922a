//! Rules run: on each event of a ticket that one reacts to, and when a ticket's time has come. Queue `automation`.
//! [docs/AUTOMATION.md](../../../docs/AUTOMATION.md) says what a rule is.
#![forbid(unsafe_code)]
use shared::function::Function;

mod find;
mod occasion;
mod run;
#[cfg(target_family = "wasm")]
mod spin;
mod work;
mod write;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::job::<work::Work>("automation");
