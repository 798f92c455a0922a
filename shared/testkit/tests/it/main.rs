//! Tests of one home each, in the module of its name: `cargo xtask parity` runs them there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
mod http;
mod lambda;
mod spin;
mod sqs;

/// Whether this run is of another home; said, so that nobody takes it for a pass.
fn elsewhere(home: &str) -> bool {
    let elsewhere = std::env::var("ITSM_HOME").as_deref() != Ok(home);
    if elsewhere {
        println!("SKIPPED: a test of the home {home}, which `cargo xtask parity` runs");
    }
    elsewhere
}
