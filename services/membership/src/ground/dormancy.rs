//! For how long members may be dormant.

use chassis::parse;
use chassis::refusal::Refusal;
use time::Date;

use crate::ground::reference::limit;
use crate::ground::refused::Refused;

/// Why members are dormant; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Reason {
    /// Tạm hoãn hợp đồng lao động.
    ContractSuspended = 1,
    /// Mất việc làm.
    JobLost = 2,
    /// Ốm đau dài ngày.
    Illness = 3,
    /// Whatever else the union accepts.
    Other = 4,
}

impl Reason {
    /// By its number.
    pub fn numbered(number: i16) -> Option<Self> {
        Some(match number {
            1 => Self::ContractSuspended,
            2 => Self::JobLost,
            3 => Self::Illness,
            4 => Self::Other,
            _ => return None,
        })
    }

    /// As rules name its limit.
    fn limit(self) -> &'static str {
        match self {
            Self::ContractSuspended => "DORMANT_CONTRACT_SUSPENDED",
            Self::JobLost => "DORMANT_JOB_LOST",
            Self::Illness => "DORMANT_ILLNESS",
            Self::Other => "DORMANT_OTHER",
        }
    }
}

/// By when who is dormant from a day on has to be back: as is expected, and not later than the rule
/// of that day says. Where no rule says anything, somebody has to say what is expected.
pub fn due_on(
    reason: Reason,
    from_on: Date,
    expected: Option<Date>,
) -> Result<Option<Date>, Refusal> {
    if expected.is_some_and(|expected| expected <= from_on) {
        return Err(Refused::ExpectedEndTooEarly { field: "expected_until" }.into());
    }
    let latest = limit(reason.limit(), from_on).map(|limit| limit.after(from_on));
    match (latest, expected) {
        (Some(latest), Some(expected)) if expected > latest => {
            Err(Refused::DormantTooLong { latest }.into())
        }
        (None, None) => Err(parse::required("expected_until")),
        (latest, expected) => Ok(expected.or(latest)),
    }
}
