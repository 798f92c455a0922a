//! The conformance suite of the change feed: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod filters;
mod list;
mod stream;
