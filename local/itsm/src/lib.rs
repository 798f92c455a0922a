//! The platform in one process. The binary `itsm` is a thin command line over this; the tests use it too.
#![forbid(unsafe_code)]
pub mod admin;
pub mod backup;
pub mod check;
pub mod database;
pub mod functions;
pub mod hook;
pub mod import;
pub mod migrate;
pub mod openapi;
mod postgres;
pub mod restore;
pub mod secrets;
pub mod seed;
pub mod serve;
