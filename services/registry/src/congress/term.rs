//! A congress, and the term that it begins.

use time::Date;
use uuid::Uuid;

/// Who takes part in a congress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CongressForm {
    /// toàn thể
    Plenary,
    /// đại biểu
    Delegate,
}

impl CongressForm {
    /// As the contract and the schema write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Plenary => "PLENARY",
            Self::Delegate => "DELEGATE",
        }
    }

    /// As the contract writes it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Plenary, Self::Delegate].into_iter().find(|form| form.code() == code)
    }
}

/// What a congress decided about the term.
#[derive(Clone, Debug)]
pub struct Congress {
    /// Whose congress it was.
    pub organisation_id: Uuid,
    /// lần thứ …
    pub ordinal: i32,
    /// When.
    pub held_on: Date,
    /// The term's first year.
    pub term_from_year: i32,
    /// The term's last year.
    pub term_to_year: i32,
    /// In which form.
    pub form: CongressForm,
    /// Why the term is not five years; empty where it is.
    pub term_reason: String,
    /// How many members it was held for, where that was stated.
    pub member_count: Option<i32>,
}
