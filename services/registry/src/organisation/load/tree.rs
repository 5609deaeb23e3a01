//! The lines of a load that has been checked, as a tree of organisations.

use time::{Duration, OffsetDateTime};
use uuid::{Timestamp, Uuid};

use crate::organisation::load::check::{Superior, Understood};
use crate::organisation::load::line::Line;

/// The lines of a load that has been checked, with the ids of their organisations.
pub struct Tree<'a> {
    /// As they came.
    pub lines: &'a [Line],
    /// As they were understood.
    pub understood: Vec<Understood<'a>>,
    /// Their organisations.
    pub organisation_ids: Vec<Uuid>,
}

impl<'a> Tree<'a> {
    /// Gives the lines their ids.
    pub fn of(lines: &'a [Line], understood: Vec<Understood<'a>>) -> Self {
        Self { lines, understood, organisation_ids: apart(lines.len()) }
    }

    /// The organisation that a line names.
    pub fn id_of(&self, named: Superior) -> Uuid {
        match named {
            Superior::Line(n) => self.organisation_ids[n],
            Superior::Registered(organisation_id) => organisation_id,
        }
    }

    /// The first superior of a line.
    pub fn superior_id(&self, n: usize) -> Option<Uuid> {
        self.understood[n].superiors.first().map(|superior| self.id_of(superior.value))
    }
}

/// So many ids in order, each of a millisecond of its own, the last of the present one. An
/// exclusion constraint's index tells ids apart by their first 53 bits only: of thousands made
/// in one millisecond it would find none without looking at most of them.
fn apart(count: usize) -> Vec<Uuid> {
    let last = OffsetDateTime::now_utc();
    (0..count)
        .rev()
        .map(|before| {
            let at = last - Duration::milliseconds(before as i64);
            let seconds = u64::try_from(at.unix_timestamp()).unwrap_or_default();
            Uuid::new_v7(Timestamp::from_unix_time(seconds, at.nanosecond(), 0, 0))
        })
        .collect()
}
