//! Work that time brings: closes incidents that stayed resolved for the days that the settings say. Queue `sweep`, every minute.
#![forbid(unsafe_code)]
use shared::function::Function;

mod close;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::scheduled::<close::Close>("sweep");
