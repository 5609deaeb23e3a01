//! What an organisation has besides its name and place.

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

/// A commune under the name that it bore.
#[derive(Clone, Debug)]
pub struct Commune {
    /// For example `00004`.
    pub commune: String,
    /// For example `Phường Ba Đình`.
    pub name: String,
    /// For example `01`.
    pub province_code: String,
}

/// An account of the organisation's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Digits; empty where it has no account.
    pub number: String,
    /// NFC; empty where it has no account.
    pub bank: String,
}

/// How an organisation comes to be founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundingRoute {
    /// By its own founding congress, which the superior recognises.
    Congress,
    /// By the superior, which appoints its first committee: a congress is due.
    Appointment,
}

impl FoundingRoute {
    /// As the schema writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Congress => "CONGRESS",
            Self::Appointment => "APPOINTMENT",
        }
    }

    /// As the schema wrote it.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Congress, Self::Appointment].into_iter().find(|route| route.code() == code)
    }
}

/// Frees the territories of units that end, and whom they directed beside their superiors.
pub async fn leave_behind(acting: &mut Acting, unit_ids: &[Uuid], on: Date) -> Result<(), Failure> {
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query_file!("src/ground/attributes/left_behind.sql", unit_ids, on, acted_at, act_id)
        .execute(acting.db())
        .await?;
    Ok(())
}
