//! The conformance suite's ground: a database per test, cloned from a migrated template; people with tokens; and the desk,
//! which is whichever home `ITSM_HOME` names, so that the same tests run in all of them.
//!
//! ```ignore
//! #[tokio::test]
//! async fn an_incident_is_raised() {
//!     desk(async |desk| {
//!         let agent = desk.person("agent").await;
//!         let raised = agent.post("/v1/incidents", json!({"short_description": "x"})).await;
//!         assert_eq!(raised.status, 201);
//!     })
//!     .await;
//! }
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]
pub mod client;
pub mod database;
pub mod desk;
pub mod home;
pub mod inbound;
pub mod receiver;
pub mod record;
pub mod smtp;
pub mod tls;
pub mod wire;

pub use client::{Person, Reply};
pub use desk::{Desk, desk, desk_with};
