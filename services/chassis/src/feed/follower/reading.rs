//! What was read of the owner's feed and not applied yet: whole acts, nothing missing.

use std::collections::VecDeque;

use proto::feed::v1::{self as wire, WatchResponse};
use uuid::Uuid;

use super::interruption::{Halt, Interruption};
use crate::feed::Change;
use crate::refusal::Failure;

/// What one transaction applies at most, an act that is larger apart.
const CHANGES_PER_BATCH: usize = 5_000;
const BYTES_PER_BATCH: usize = 8 << 20;

/// An act that is read whole: what its changes say of it.
pub(super) struct Act {
    changes: usize,
    weight: usize,
    /// The position of its last change.
    pub(super) last_position: i64,
    /// The position of registry's feed on which it was decided, or 0.
    pub(super) registry_position: i64,
}

impl Act {
    fn of(changes: &[Change]) -> Self {
        Self {
            changes: changes.len(),
            weight: changes.iter().map(Change::weight).sum(),
            last_position: last_position(changes),
            registry_position: registry_position(changes),
        }
    }
}

/// The acts of which changes are, one after the other.
pub(super) fn acts(changes: &[Change]) -> impl Iterator<Item = &[Change]> {
    changes.chunk_by(|one, next| one.act_id == next.act_id)
}

/// The position of the first of some changes, or 0.
pub(super) fn first_position(changes: &[Change]) -> i64 {
    changes.first().map_or(0, |change| change.position)
}

/// The position of the last of some changes, or 0.
pub(super) fn last_position(changes: &[Change]) -> i64 {
    changes.last().map_or(0, |change| change.position)
}

/// The position of registry's feed on which changes were decided, or 0.
pub(super) fn registry_position(changes: &[Change]) -> i64 {
    changes.iter().map(|change| change.registry_position).max().unwrap_or_default()
}

/// An act that cannot be applied.
pub(super) fn not_applied(act: &[Change], failure: &Failure) -> Halt {
    let changes: Vec<String> =
        act.iter().take(8).map(|change| format!("{} {}", change.kind, change.change_id)).collect();
    Halt {
        reason: "ACT_NOT_APPLIED",
        position: first_position(act),
        cause: format!("{failure} (first changes of the act: {})", changes.join(", ")),
    }
}

/// Where the owner was when acts were given away.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) epoch: Option<Uuid>,
    pub(super) position: i64,
}

/// What was read and not applied yet.
pub(super) struct Reading {
    pub(super) epoch: Option<Uuid>,
    pub(super) head_position: i64,
    /// The last position read.
    pub(super) last: i64,
    /// The last position given away to be applied.
    pub(super) given: i64,
    /// Acts of which all has arrived; their changes are the first of `changes`.
    pub(super) acts: VecDeque<Act>,
    changes: VecDeque<Change>,
    /// The beginning of an act whose end has not arrived.
    begun: Vec<Change>,
    weight: usize,
}

impl Reading {
    pub(super) fn after(position: i64) -> Self {
        Self {
            epoch: None,
            head_position: position,
            last: position,
            given: position,
            acts: VecDeque::new(),
            changes: VecDeque::new(),
            begun: Vec::new(),
            weight: 0,
        }
    }

    /// Where the owner is, as far as was read.
    pub(super) fn head(&self) -> Head {
        Head { epoch: self.epoch, position: self.head_position }
    }

    pub(super) fn full(&self) -> bool {
        !self.acts.is_empty()
            && (self.changes.len() >= CHANGES_PER_BATCH || self.weight >= BYTES_PER_BATCH)
    }

    /// Takes in a message: nothing may be missing, and acts come whole.
    pub(super) fn take(&mut self, message: WatchResponse) -> Result<(), Interruption> {
        let epoch = Uuid::parse_str(&message.epoch).ok();
        if epoch.is_none() || self.epoch.is_some_and(|known| Some(known) != epoch) {
            return Err(Interruption::Away("the owner's epoch has changed".to_string()));
        }
        self.epoch = epoch;
        self.head_position = message.head_position.max(self.last);
        for change in message.changes {
            if change.position <= self.last {
                continue;
            }
            if change.position != self.last + 1 {
                return Err(Interruption::Halted(Halt {
                    reason: "FEED_GAP",
                    position: self.last + 1,
                    cause: format!("the owner sent position {} instead", change.position),
                }));
            }
            self.take_change(change)?;
        }
        Ok(())
    }

    fn take_change(&mut self, change: wire::Change) -> Result<(), Interruption> {
        let position = change.position;
        let unreadable = |cause: String| {
            Interruption::Halted(Halt { reason: "CHANGE_UNREADABLE", position, cause })
        };
        let change_id = change.change_id.clone();
        let (change, act_complete) = Change::parse(change)
            .map_err(|refusal| unreadable(format!("change {change_id}: {refusal}")))?;
        if let Some(first) = self.begun.first()
            && first.act_id != change.act_id
        {
            return Err(unreadable(format!("act {} has no last change", first.act_id)));
        }
        self.last = position;
        self.begun.push(change);
        if act_complete {
            let act = Act::of(&self.begun);
            self.weight += act.weight;
            self.acts.push_back(act);
            self.changes.extend(self.begun.drain(..));
        }
        Ok(())
    }

    /// What is left of the acts given away cannot be done.
    pub(super) fn not_gone_on(&self, failure: &Failure) -> Halt {
        Halt { reason: "REST_NOT_DONE", position: self.given, cause: failure.to_string() }
    }

    /// Gives away the changes of the first acts, as many as `ready` and as one batch may hold.
    pub(super) fn give(&mut self, ready: usize) -> Vec<Change> {
        let (mut acts, mut changes, mut weight) = (0, 0, 0);
        while acts < ready && changes < CHANGES_PER_BATCH && weight < BYTES_PER_BATCH {
            let Some(act) = self.acts.pop_front() else {
                break;
            };
            acts += 1;
            changes += act.changes;
            weight += act.weight;
            self.given = act.last_position;
        }
        self.weight -= weight;
        self.changes.drain(..changes).collect()
    }
}
