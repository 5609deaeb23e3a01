//! How far a follower may go: for one that follows beside another, and is not to pass it.

use std::sync::Arc;

use tokio::sync::watch as latest;

use super::reading::Reading;

/// What a follower sees before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ahead {
    /// How far the owner's feed is, as it was told last; none before it was.
    pub head_position: Option<i64>,
    /// The position of registry's feed on which the next act was decided; none where nothing has
    /// arrived that is not applied.
    pub decided_on: Option<i64>,
}

/// Holds a follower: it applies nothing beyond a position, and tells what lies ahead. Clones hold
/// the same one.
#[derive(Clone, Debug, Default)]
pub struct Reins {
    until: Arc<latest::Sender<i64>>,
    ahead: Arc<latest::Sender<Ahead>>,
}

impl Reins {
    /// Lets it go as far as this position, and no further. At first it goes nowhere.
    pub fn let_go_until(&self, position: i64) {
        self.until.send_if_modified(|until| std::mem::replace(until, position) != position);
    }

    /// What it sees before it.
    pub fn ahead(&self) -> latest::Receiver<Ahead> {
        self.ahead.subscribe()
    }

    pub(super) fn until(&self) -> latest::Receiver<i64> {
        self.until.subscribe()
    }

    pub(super) fn sees(&self, reading: &Reading) {
        let newest = Ahead {
            head_position: Some(reading.head_position),
            decided_on: reading.acts.front().map(|act| act.registry_position),
        };
        self.ahead.send_if_modified(|ahead| std::mem::replace(ahead, newest) != newest);
    }
}
