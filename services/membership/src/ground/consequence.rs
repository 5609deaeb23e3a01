//! What registry's acts mean for members, carried out.
//!
//! A consequence is recorded when the act is read from the feed and finished when it is
//! carried out: in the same transaction where it concerns no more members than one is to move,
//! otherwise by transactions that follow, each for some unions whole. It waits, visibly, where
//! the organisation that would receive the members is unknown or does not live.
//!
//! What was decided about people is kept apart from what follows from it: a [`course`] says
//! what becomes of somebody by her decided movements and the lives of her unions, whatever the
//! order in which either became known; where the books say something else, they are
//! [revised](revise) by movements of their own.
//!
//! **Invariant:** nobody is a member of a union on a day on which it does not exist, unless a
//! consequence of that union waits, or lists her, and says why.

mod applicants;
mod course;
mod ends;
mod history;
mod merging;
mod movement;
mod never;
mod redecided;
mod rest;
mod revise;
mod settle;
mod suspended;
mod told;
mod undone;
mod waiting;

pub use applicants::{Founding, admit_applicants};
pub use course::{Contradictions, Decided, Move, Step};
pub use ends::{Waiting, carry_out, of_ends};
pub use history::{History, of as histories};
pub use merging::Merging;
pub use movement::{Movement, move_applications};
pub use redecided::{Instead, Redecided};
pub use rest::{list_of as list_rest_of, look_again as look_again_for_rest};
pub use revise::{Occasion, Revision, revise};
pub use settle::{Settling, go_on};
pub use suspended::list_who_joined;
pub use told::tell_again;
pub use undone::{TakenBack, take_back};
pub use waiting::tell_what_waits;

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
    /// The union never existed: whoever was in it goes back to where she came from.
    MembersPutBack = 6,
    /// The union was founded later than was known: whoever had come before comes on its first
    /// day.
    MovementsPostponed = 7,
    /// People had joined the union on days on which it was suspended, as is known since.
    JoinedWhileSuspended = 8,
    /// The union was divided by lists: who was on none went where its end says.
    RestOfDivision = 9,
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
    /// A later movement of the person was recorded: it starts from where she was then, or has
    /// fallen away. Nothing is left to do.
    MovementRestated = 7,
    /// The person was admitted to what never existed, or had ended, and goes on nowhere: her
    /// admission is taken back.
    NoPlace = 8,
    /// The union was suspended on the day on which the person joined it, as is known since.
    OrganisationSuspended = 9,
    /// The union was divided by lists, and the person was on none.
    NotOnList = 10,
}
