//! The conformance suite of schedules: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod list;
mod run;
mod update;
