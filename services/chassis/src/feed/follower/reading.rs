//! What was read of the owner's feed and not applied yet: whole acts, nothing missing.

use std::collections::VecDeque;
use std::mem;

use proto::feed::v1::{self as wire, WatchResponse};
use uuid::Uuid;

use super::interruption::{Halt, Interruption};
use crate::feed::Change;
use crate::refusal::Failure;

/// What one transaction applies at most, an act that is larger apart.
const CHANGES_PER_BATCH: usize = 2_000;
const BYTES_PER_BATCH: usize = 8 << 20;

/// An act as it was read: all of its changes.
pub(super) struct Act {
    pub(super) changes: Vec<Change>,
    weight: usize,
}

impl Act {
    pub(super) fn first_position(&self) -> i64 {
        self.changes.first().map_or(0, |change| change.position)
    }

    pub(super) fn last_position(&self) -> i64 {
        self.changes.last().map_or(0, |change| change.position)
    }

    pub(super) fn change_id(&self) -> Option<Uuid> {
        self.changes.last().map(|change| change.change_id)
    }

    pub(super) fn registry_position(&self) -> i64 {
        self.changes.iter().map(|change| change.registry_position).max().unwrap_or_default()
    }

    pub(super) fn not_applied(&self, failure: &Failure) -> Halt {
        let changes: Vec<String> = self
            .changes
            .iter()
            .take(8)
            .map(|change| format!("{} {}", change.kind, change.change_id))
            .collect();
        Halt {
            reason: "ACT_NOT_APPLIED",
            position: self.first_position(),
            cause: format!("{failure} (first changes of the act: {})", changes.join(", ")),
        }
    }
}

/// What was read and not applied yet.
pub(super) struct Reading {
    pub(super) epoch: Option<Uuid>,
    pub(super) head_position: i64,
    /// The last position read.
    pub(super) last: i64,
    /// The last position given away to be applied.
    pub(super) given: i64,
    pub(super) acts: VecDeque<Act>,
    /// The beginning of an act whose end has not arrived.
    pub(super) begun: Vec<Change>,
    pub(super) changes: usize,
    pub(super) weight: usize,
}

impl Reading {
    pub(super) fn after(position: i64) -> Self {
        Self {
            epoch: None,
            head_position: position,
            last: position,
            given: position,
            acts: VecDeque::new(),
            begun: Vec::new(),
            changes: 0,
            weight: 0,
        }
    }

    pub(super) fn full(&self) -> bool {
        !self.acts.is_empty()
            && (self.changes >= CHANGES_PER_BATCH || self.weight >= BYTES_PER_BATCH)
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
            let changes = mem::take(&mut self.begun);
            let weight = changes.iter().map(Change::weight).sum();
            self.changes += changes.len();
            self.weight += weight;
            self.acts.push_back(Act { changes, weight });
        }
        Ok(())
    }

    /// What is left of the acts given away cannot be done.
    pub(super) fn not_gone_on(&self, failure: &Failure) -> Halt {
        Halt { reason: "REST_NOT_DONE", position: self.given, cause: failure.to_string() }
    }

    /// Gives away the first acts, as many as `ready` and as one batch may hold.
    pub(super) fn give(&mut self, ready: usize) -> Vec<Act> {
        let mut batch = Vec::new();
        let (mut changes, mut weight) = (0, 0);
        while batch.len() < ready && changes < CHANGES_PER_BATCH && weight < BYTES_PER_BATCH {
            let Some(act) = self.acts.pop_front() else {
                break;
            };
            changes += act.changes.len();
            weight += act.weight;
            self.given = act.last_position();
            batch.push(act);
        }
        self.changes -= changes;
        self.weight -= weight;
        batch
    }
}
