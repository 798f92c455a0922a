//! Resolving an incident resolves its open children, each by a job of its own, as whoever resolved the parent. Queue `children`.
#![forbid(unsafe_code)]
use shared::function::Function;

mod resolve;
#[cfg(target_family = "wasm")]
mod spin;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::job::<resolve::Resolve>("children");
