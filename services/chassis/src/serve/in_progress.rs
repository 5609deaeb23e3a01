//! What is in progress on a connection, and since when nothing is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::peer::Peer;
use super::room::Place;

/// One connection, as far as requests are in progress on it. It has its place until the last of
/// its answers is taken.
pub(super) struct Occupied {
    in_progress: AtomicUsize,
    idle_since: Mutex<Instant>,
    _place: Place<Peer>,
}

impl Occupied {
    pub(super) fn new(place: Place<Peer>) -> Arc<Self> {
        Arc::new(Self {
            in_progress: AtomicUsize::new(0),
            idle_since: Mutex::new(Instant::now()),
            _place: place,
        })
    }

    /// Whether nothing has been asked on it for so long.
    pub(super) fn is_idle_for(&self, idle: Duration, now: Instant) -> bool {
        let since = *self.idle_since.lock().unwrap_or_else(PoisonError::into_inner);
        self.in_progress.load(Ordering::Acquire) == 0 && now > since + idle
    }
}

/// A request in progress, until its answer is taken.
pub(super) struct InProgress {
    on: Arc<Occupied>,
    _place: Option<Place<Peer>>,
}

impl InProgress {
    pub(super) fn begin(on: &Arc<Occupied>, place: Option<Place<Peer>>) -> Self {
        on.in_progress.fetch_add(1, Ordering::AcqRel);
        Self { on: on.clone(), _place: place }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let mut since = self.on.idle_since.lock().unwrap_or_else(PoisonError::into_inner);
        *since = Instant::now();
        self.on.in_progress.fetch_sub(1, Ordering::AcqRel);
    }
}
