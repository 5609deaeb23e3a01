//! Who is told of in a movement that membership publishes.

use feeds::membership::Line;
use uuid::Uuid;

use crate::ground::roll::Enrolled;

/// One person of a movement, and the membership that it began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The membership.
    pub membership_id: Uuid,
    /// The member.
    pub person: Enrolled,
}

impl From<&Moved> for Line {
    fn from(moved: &Moved) -> Self {
        Self {
            membership_id: moved.membership_id,
            person_id: moved.person.person_id,
            sex: moved.person.sex,
            birth_year: moved.person.birth_year,
        }
    }
}

/// They, as they are published.
pub fn lines(moved: &[Moved]) -> Vec<Line> {
    moved.iter().map(Line::from).collect()
}
