//! Movements: how memberships begin and end. The numbers are those of the contract, and what
//! the database keeps.

use anyhow::bail;
use time::Date;

/// How a membership begins by an admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum AdmissionKind {
    /// Kết nạp.
    Admitted = 1,
    /// Công nhận.
    Recognised = 2,
    /// Kết nạp lại.
    Readmitted = 3,
}

impl AdmissionKind {
    /// As the database keeps it.
    pub fn numbered(number: i16) -> anyhow::Result<Self> {
        Ok(match number {
            1 => Self::Admitted,
            2 => Self::Recognised,
            3 => Self::Readmitted,
            other => bail!("no admission is of kind {other}"),
        })
    }
}

/// Why a membership ends by an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum ExitReason {
    /// Xin ra khỏi công đoàn.
    Resigned = 1,
    /// Khai trừ.
    Expelled = 2,
    /// Từ trần.
    Died = 3,
    /// Nghỉ hưu.
    Retired = 4,
    /// Thôi việc.
    LeftEmployment = 5,
    /// Became a manager of a non-state employer.
    BecameManager = 6,
    /// The union ended, and membership with it: follows from registry's act alone.
    UnionEnded = 7,
    /// Went to an organisation outside the trade union.
    LeftScope = 8,
    /// Left the country.
    Emigrated = 9,
}

impl ExitReason {
    /// As the database keeps it.
    pub fn numbered(number: i16) -> anyhow::Result<Self> {
        Ok(match number {
            1 => Self::Resigned,
            2 => Self::Expelled,
            3 => Self::Died,
            4 => Self::Retired,
            5 => Self::LeftEmployment,
            6 => Self::BecameManager,
            7 => Self::UnionEnded,
            8 => Self::LeftScope,
            9 => Self::Emigrated,
            other => bail!("no exit has reason {other}"),
        })
    }
}

/// When a movement takes effect, and the decision that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The first day of the new state.
    pub effective_on: Date,
    /// The decision's number, where one is given.
    pub decision_number: Option<String>,
    /// The day on which it was signed, where one is given.
    pub decision_issued_on: Option<Date>,
}
