//! What stands in the cells of a list, understood; or what is wrong with it, in words.

mod birth;
mod number;
mod plain;
mod wrong;

use time::Date;

pub(crate) use birth::{birth, day};
pub(crate) use number::{identity, phone};
pub(crate) use plain::{country, mark, name, plain, sex};
pub use wrong::Wrong;

/// ISO 5218, as far as a list says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

/// When somebody was born, as exactly as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Birth {
    /// The day.
    Day(Date),
    /// The year alone.
    Year(i32),
}

/// What kind of number identifies a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// CCCD, số định danh cá nhân: 12 digits.
    Citizen,
    /// CMND: 9 digits.
    OldCard,
    /// A passport: letters and digits.
    Passport,
}
