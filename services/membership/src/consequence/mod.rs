//! What registry's acts mean for members, carried out.
//!
//! A consequence is recorded when the act is read from the feed and finished when it is
//! carried out, in the same transaction wherever that is possible. It waits, visibly, where
//! the organisation that would receive the members is unknown or does not live.
//!
//! **Invariant:** no membership lasts in a union whose end is known, unless a consequence of
//! that union waits and says why.

mod applicants;
mod ends;
mod undone;

pub use applicants::{Founding, admit_applicants};
pub use ends::{carry_out, of_ends};
pub use undone::{Movement, TakenBack, take_back};

/// What a consequence does; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Kind {
    /// The applicants of a founded union are admitted.
    ApplicantsAdmitted = 1,
    /// Members continue in another union.
    MembersRehomed = 2,
    /// Members continue directly under the superior.
    MembersToSuperior = 3,
    /// Membership ends with the union.
    MembershipsEnded = 4,
    /// Movements that followed from an act which was undone are taken back.
    MovementsTakenBack = 5,
}

/// Why somebody was passed over, or why a consequence waits; the numbers are those of the
/// contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Obstacle {
    /// No such person.
    PersonUnknown = 1,
    /// The person has a membership on that day or later.
    MembershipActive = 2,
    /// The person has no application that was open on that day and leads to the union.
    ApplicationNotOpen = 3,
    /// The organisation that would receive the members is not known here.
    OrganisationUnknown = 4,
    /// The organisation that would receive the members does not exist on that day.
    OrganisationEnded = 5,
    /// A later movement of the person rests on the one that would be taken back.
    LaterMovement = 6,
}
