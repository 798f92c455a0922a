//! Work that time brings. Queue `sweep`, every minute; its workers are the schedulers, which keep everybody's schedules.
#![forbid(unsafe_code)]
use shared::function::Function;

mod close;
mod mails;
mod purge;
mod ring;
#[cfg(target_family = "wasm")]
mod spin;
mod sweep;

/// The function as every home serves it.
pub const FUNCTION: Function = Function::scheduler::<sweep::Sweep>("sweep");
