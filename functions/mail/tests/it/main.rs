//! The conformance suite of mail: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod inbound;
mod set_aside;
