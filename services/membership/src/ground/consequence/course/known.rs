//! What the course of somebody's memberships follows from: what was decided about her, and what is known
//! of her unions.

use std::collections::HashMap;

use time::Date;
use uuid::Uuid;

/// What a movement does, of whichever day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// Joins a union.
    Admission {
        /// The union.
        to: Uuid,
        /// `membership.v1.AdmissionKind`.
        kind: i16,
    },
    /// Goes from one union to another.
    Transfer {
        /// The union that is left.
        from: Uuid,
        /// The union that is joined.
        to: Uuid,
    },
    /// Leaves.
    Exit {
        /// The union.
        from: Uuid,
        /// `membership.v1.ExitReason`.
        reason: i16,
    },
}

impl Move {
    /// The union that is left.
    pub fn from(self) -> Option<Uuid> {
        match self {
            Move::Admission { .. } => None,
            Move::Transfer { from, .. } | Move::Exit { from, .. } => Some(from),
        }
    }

    /// The union that is joined.
    pub fn to(self) -> Option<Uuid> {
        match self {
            Move::Exit { .. } => None,
            Move::Transfer { to, .. } | Move::Admission { to, .. } => Some(to),
        }
    }
}

/// A movement that somebody decided, or a founding that named her.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The movement as it was first recorded.
    pub movement_id: Uuid,
    /// The first movement that this one is in the place of, by corrections, or itself: it says the
    /// order of what was decided of one day.
    pub first: Uuid,
    /// Its day.
    pub on: Date,
    /// What it does.
    pub what: Move,
}

/// What is known of an organisation, as far as memberships go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Its founding was taken back.
    pub never_existed: bool,
    /// The first day on which it exists.
    pub founded_on: Option<Date>,
    /// The first day on which it no longer exists.
    pub ended_on: Option<Date>,
    /// Where its members continue; none where their membership ends.
    pub to: Option<Uuid>,
    /// The act of registry that says so.
    pub because: Option<Uuid>,
}

/// The lives of all unions that may play a part.
pub type Lives = HashMap<Uuid, Life>;
