//! A line of a load: an organisation, with its history.

use feeds::registry::EndKind;
use time::Date;

use crate::ground::tree::{ACTIVE, SUSPENDED};

/// One organisation as it stood from its first day on, and what it went through since.
#[derive(Clone, Debug)]
pub struct Line {
    /// Unique in the load at any date.
    pub code: String,
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
    /// For example `LDLD_HUYEN`.
    pub type_code: String,
    /// None for superior organisations.
    pub sector: Option<String>,
    /// None where it is not stated.
    pub industry: Option<String>,
    /// The code of an earlier line, or of an organisation of the register.
    pub superior_code: String,
    /// The first day.
    pub founded_on: Date,
    /// In the order of their days.
    pub changes: Vec<Change>,
    /// None where it still exists.
    pub ending: Option<Ending>,
}

/// What became of an organisation on a later day; what is none stayed as it was.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Change {
    pub from_on: Date,
    pub code: Option<String>,
    pub name: Option<String>,
    pub short_name: Option<String>,
    pub type_code: Option<String>,
    pub sector: Option<String>,
    pub industry: Option<String>,
    pub superior_code: Option<String>,
    pub status: Option<Status>,
}

/// Whether an organisation that lived was directed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was.
    Active,
    /// It was not.
    Suspended,
}

impl Status {
    /// As the schema writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => ACTIVE,
            Self::Suspended => SUSPENDED,
        }
    }
}

/// How an organisation ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The first day on which it no longer existed.
    pub ended_on: Date,
    /// How.
    pub kind: EndKind,
    /// The code of the one heir on that day.
    pub principal_successor_code: Option<String>,
}
