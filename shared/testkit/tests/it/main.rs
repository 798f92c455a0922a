//! Tests of one home each, in the module of its name: `cargo xtask parity` runs them there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod lambda;
mod sqs;
