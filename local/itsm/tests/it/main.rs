//! The platform as a whole, against a real Postgres: what is on the wire, races, kills, every statement, attacks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::large_futures)]

mod attack;
mod binary;
mod hook;
mod import;
mod internal;
mod kill;
mod life;
mod lost;
mod mail;
mod matrix;
mod metrics;
mod openapi;
mod operations;
mod process;
mod races;
mod rotation;
mod router;
mod schema;
mod sql;
mod stream;
mod wire;
