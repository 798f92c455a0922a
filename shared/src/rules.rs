//! The rules of the desk: pure, the time a parameter, nothing of ours imported.
pub mod cron;
pub mod incident;
pub mod lifecycle;
pub mod notify;
