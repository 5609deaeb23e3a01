//! What is known to be missing from a figure.

/// Of what a figure may be known to lack a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completing {
    /// Of nothing: whatever it counts is there as soon as it is known.
    Nothing,
    /// Of members, as long as membership has not carried out what registry decided.
    Members,
    /// Of ratings: of eligible unions, those that are rated.
    Ratings,
}

/// How complete a figure is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completeness {
    /// Of what.
    pub of: Completing,
    /// What is there.
    pub covered: i64,
    /// What should be.
    pub expected: i64,
    /// How many of those that are missing come of themselves, in moments.
    pub under_way: i64,
}

impl Completeness {
    /// Of a figure that nothing is missing from.
    pub const WHOLE: Self = Self { of: Completing::Nothing, covered: 0, expected: 0, under_way: 0 };

    /// Nothing is known to be missing.
    pub fn complete(self) -> bool {
        self.covered >= self.expected
    }
}
