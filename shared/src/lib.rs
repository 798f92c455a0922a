//! What every function stands on: the one way to Postgres, errors as problems, callers, pages, jobs, and the homes.
//!
//! Imports go one way: `functions -> serve -> job -> app -> {db, cache, queue, config} -> error`; [`rules`] imports nothing of ours.
//! Platform crates each appear in one place: `sqlx` and `spin_sdk::pg` in [`db`], `redis` in [`cache`] and [`queue`], `aws_sdk_sqs` in [`queue`], `lettre` in [`mail`],
//! `lambda_http`, `lambda_runtime` and `spin_sdk::http` in [`serve`].
pub mod app;
pub mod body;
pub mod cache;
pub mod caller;
pub mod client;
pub mod conditional;
pub mod config;
pub mod csv;
pub mod db;
pub mod error;
pub mod fetch;
pub mod fields;
pub mod function;
pub mod hold;
pub mod idempotency;
pub mod job;
pub mod limit;
pub mod mail;
pub mod metrics;
pub mod page;
pub mod patch;
pub mod queue;
mod remembered;
pub mod rules;
pub mod schedule;
pub mod serve;
pub mod slas;
pub mod telemetry;
pub mod token;
pub mod write;
