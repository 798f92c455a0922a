//! The conformance suite of settings: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod categories;
mod settings;
