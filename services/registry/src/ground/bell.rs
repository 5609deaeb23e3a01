//! What wakes the worker of operations.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

/// Tells workers that there is work, and those who wait that some of it is done. Clones
/// are the same bell.
#[derive(Clone, Debug, Default)]
pub struct Bell {
    pub(crate) asked: Arc<Notify>,
    pub(crate) done: Arc<Notify>,
}

impl Bell {
    /// There is work.
    pub fn ring(&self) {
        self.asked.notify_one();
    }

    /// Returns when an operation of this process is done, or after a while.
    pub async fn done_or(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.done.notified()).await;
    }
}
