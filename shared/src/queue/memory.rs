//! The bell inside one process.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

/// One `Notify` a queue. A ring without a listener is kept, so none is lost between two waits.
#[derive(Debug, Default)]
pub struct Bell(Mutex<HashMap<String, Arc<Notify>>>);

impl Bell {
    pub(super) fn of(&self, queue: &str) -> Arc<Notify> {
        let mut queues = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        queues.entry(queue.to_owned()).or_default().clone()
    }

    /// Wakes the queue's worker.
    pub fn ring(&self, queue: &str) {
        self.of(queue).notify_one();
    }
}
