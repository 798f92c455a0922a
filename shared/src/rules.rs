//! The rules of the desk: pure, the time a parameter, nothing of ours imported.
pub mod action;
pub mod calendar;
pub mod condition;
pub mod cron;
pub mod event;
pub mod field;
pub mod incident;
pub mod lifecycle;
pub mod notify;
pub mod sla;
