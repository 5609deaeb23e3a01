//! What is asked of a unit, as one line of many; and how a refusal names the line.

use chassis::refusal::{Failure, Refusal};
use time::Date;
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::target::{Comparator, Issuer, ValueUnit};

/// What a unit is to reach.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// What is to be reached.
    pub indicator: String,
    /// By whom.
    pub organisation_id: Uuid,
    /// When.
    pub period: Period,
    /// Who says so.
    pub issuer: Issuer,
    /// How much.
    pub value: i64,
    /// Of what.
    pub value_unit: ValueUnit,
    /// How it is compared.
    pub comparator: Comparator,
    /// The date of the stock that a mean is taken over.
    pub denominator_on: Option<Date>,
    /// Unions of a group only; both empty for all.
    pub sector_grouping: String,
    /// See there.
    pub sector_group: String,
    /// From when it holds.
    pub assigned_on: Date,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
}

/// Whose targets these are, as a refusal names them: of a list, or of the request itself.
#[derive(Clone, Copy)]
pub enum Lines {
    /// The request is the only one.
    Itself,
    /// `lines[12]`, each with all that is said of a target.
    Of(&'static str),
    /// `children[12]`, by one decision of the request's.
    Listed(&'static str),
    /// Nobody listed them: they are all that there are.
    All(&'static str),
}

impl Lines {
    /// A refusal of what a line says of its own.
    pub fn name(self, line: usize, refused: impl Into<Refusal>) -> Refusal {
        match self {
            Self::Itself => refused.into(),
            Self::Of(list) | Self::Listed(list) => {
                refused.into().within(&format!("{list}[{line}]"))
            }
            Self::All(list) => refused.into().field(list),
        }
    }

    /// A refusal of the decision that a line rests on.
    pub fn decision(self, line: usize, refused: impl Into<Refusal>) -> Refusal {
        match self {
            Self::Of(_) => self.name(line, refused),
            Self::Itself | Self::Listed(_) | Self::All(_) => refused.into(),
        }
    }
}

/// The organisation that asks, or the name of whoever else does.
pub(crate) fn issuer_of(issuer: &Issuer) -> (Option<Uuid>, Option<&str>) {
    match issuer {
        Issuer::Organisation(organisation_id) => (Some(*organisation_id), None),
        Issuer::Named(name) => (None, Some(name.as_str())),
    }
}

/// Refuses with every line at fault, if there is one.
pub(crate) fn refuse(faults: Vec<Refusal>) -> Result<(), Failure> {
    match faults.into_iter().reduce(Refusal::and) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}
