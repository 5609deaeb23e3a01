//! Waking the sequencer of one's own process.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes this process's sequencer after an act has committed. Many calls before it looks
/// count as one.
#[derive(Clone, Debug, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// A waker that nobody waits on yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that there may be something to number. Never blocks.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits until there may be something to number.
    pub(super) async fn woken(&self) {
        self.0.notified().await;
    }
}
