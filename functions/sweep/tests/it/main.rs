//! The conformance suite of the sweep: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod close;
mod mails;
mod purge;
