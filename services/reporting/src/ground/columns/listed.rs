//! What is told of things one by one, at a position: subjects of facts, seats, employers, whom
//! activities reached, and what decides which unions are rated.

use crate::ground::columns::employers::Survey;
use crate::ground::columns::officers::{Merged, Office};
use crate::ground::columns::ratings::{Rules, Share};
use crate::ground::columns::reach::Reached;
use crate::ground::columns::rows::{Row, Rows};
use crate::ground::columns::subjects::{self, Subjects};

/// All that is known at a position.
#[derive(Clone)]
pub struct Listed {
    /// Facts about subjects.
    pub subjects: Subjects,
    /// Seats in bodies.
    pub offices: Rows<Office>,
    /// Who is another.
    pub merges: Rows<Merged>,
    /// What was found at employers.
    pub surveys: Rows<Survey>,
    /// Whom dissemination reached.
    pub reached: Rows<Reached>,
    /// By which rules ratings count.
    pub rules: Rows<Rules>,
    /// Which unions came of others.
    pub shares: Rows<Share>,
    /// Acts of registry that were undone.
    pub undone: Rows<u32>,
}

/// What came, in whatever order.
pub struct Told {
    /// Facts about subjects.
    pub subjects: subjects::ByCode,
    /// Seats in bodies.
    pub offices: Vec<Row<Office>>,
    /// Who is another.
    pub merges: Vec<Row<Merged>>,
    /// What was found at employers.
    pub surveys: Vec<Row<Survey>>,
    /// Whom dissemination reached.
    pub reached: Vec<Row<Reached>>,
    /// By which rules ratings count.
    pub rules: Vec<Row<Rules>>,
    /// Which unions came of others.
    pub shares: Vec<Row<Share>>,
    /// Acts of registry that were undone.
    pub undone: Vec<Row<u32>>,
}

impl Told {
    /// Nothing came.
    pub fn nothing() -> Self {
        Self {
            subjects: subjects::none(),
            offices: Vec::new(),
            merges: Vec::new(),
            surveys: Vec::new(),
            reached: Vec::new(),
            rules: Vec::new(),
            shares: Vec::new(),
            undone: Vec::new(),
        }
    }
}

impl Listed {
    /// Sorts what there is.
    pub fn of(told: Told) -> Self {
        Self {
            subjects: Subjects::of(told.subjects),
            offices: Rows::of(told.offices),
            merges: Rows::of(told.merges),
            surveys: Rows::of(told.surveys),
            reached: Rows::of(told.reached),
            rules: Rows::of(told.rules),
            shares: Rows::of(told.shares),
            undone: Rows::of(told.undone),
        }
    }

    /// This, and what came later.
    pub fn with(&self, told: Told) -> Self {
        Self {
            subjects: self.subjects.with(told.subjects),
            offices: self.offices.with(told.offices),
            merges: self.merges.with(told.merges),
            surveys: self.surveys.with(told.surveys),
            reached: self.reached.with(told.reached),
            rules: self.rules.with(told.rules),
            shares: self.shares.with(told.shares),
            undone: self.undone.with(told.undone),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        let Self { subjects, offices, merges, surveys, reached, rules, shares, undone } = self;
        let rated = rules.len() + shares.len() + undone.len();
        subjects.len() + offices.len() + merges.len() + surveys.len() + reached.len() + rated
    }

    /// How much memory they take.
    pub fn bytes(&self) -> usize {
        let Self { subjects, offices, merges, surveys, reached, rules, shares, undone } = self;
        let rated = rules.bytes() + shares.bytes() + undone.bytes();
        subjects.bytes()
            + offices.bytes()
            + merges.bytes()
            + surveys.bytes()
            + reached.bytes()
            + rated
    }
}
